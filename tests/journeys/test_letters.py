"""Letters as people get them: about what they did, what was decided, and never to whom they do not belong."""

import asyncio
import re

from playground.mail_box import Refusal
from playground.stand_in import StandIn
from tests.journeys.conftest import TOKEN
from tests.journeys.test_registration import code_in
from tests.running import running_bot, written


def address_of(phone):
    return f"person{phone.id}@example.org"


async def test_applying_is_confirmed_by_a_letter_with_the_courses_facts(teacher, city, mail):
    course = await city.course(title="Вулканы на уроке", hours=72, venue="Онлайн", document="Удостоверение")
    await city.applies(teacher, course)
    code = await city.code_of(course)
    letter = await mail.letter_to(address_of(teacher), f"Вы успешно зарегистрировались на курс {code}")
    assert letter.subject == f"Вы успешно зарегистрировались на курс {code}"
    for part in (letter.text, letter.html):
        assert all(fact in part for fact in ("Вулканы на уроке", "72 часа", "Онлайн", "Удостоверение"))
    (link,) = set(re.findall(r"https://t\.me/\w+\?start=letters", letter.text + letter.html))
    assert letter.headers["List-Unsubscribe"] == f"<{link}>"


async def test_decisions_and_the_way_back_are_written_of_and_a_reason_with_them(teacher, head, city, mail):
    codes = []
    for deed, label in (("Согласовать", "Заявка согласована"), ("Отклонить", "Заявка отклонена")):
        course = await city.course()
        codes.append(await city.code_of(course))
        await city.applies(teacher, course)
        await head.hears(codes[-1], deed)
        await head.taps(deed)
        if deed == "Отклонить":
            await head.is_shown("Вы можете указать причину отказа:")
            await head.taps("Нет замены на уроки")
        letter = await mail.letter_to(address_of(teacher), label, codes[-1])
        assert ("Причина: Нет замены на уроки" in letter.text) is (deed == "Отклонить")
    course = await city.course()
    await city.applies(teacher, course)
    await teacher.taps("Открыть заявку")
    await teacher.taps("Отозвать заявку")
    await teacher.taps("Отозвать")
    await mail.letter_to(address_of(teacher), "Заявка отозвана", await city.code_of(course))


async def test_who_switched_a_kind_off_gets_none_of_it(teacher, city, mail):
    person = (await city.services.people.arrive(teacher.id)).person
    await city.put_person(person, letters_off=["applications"])
    course, other = await city.course(), await city.course()
    await city.applies(teacher, course)
    await city.put_person(person, letters_off=[])
    await city.applies(teacher, other)
    await mail.letter_to(address_of(teacher), await city.code_of(other))
    assert len(mail.to(address_of(teacher))) == 1


async def test_a_mail_server_that_refuses_keeps_no_chat_waiting(teacher, head, city, mail):
    course = await city.course()
    mail.refuse(Refusal.BREAK)
    await city.applies(teacher, course)
    await mail.has_refused(1)
    await head.hears(await city.code_of(course), "Согласовать")
    await mail.letter_to(address_of(teacher), await city.code_of(course), timeout=30)


async def asked_for_a_code(newcomer, mail, address):
    await newcomer.starts()
    await newcomer.taps("Согласен(на)")
    await newcomer.is_shown("Как вас зовут?")
    await newcomer.sends("Берёзкина Мария")
    await newcomer.hears("Ваша электронная почта?")
    before = len(mail.to(address))
    await newcomer.sends(address)
    await newcomer.hears("Мы отправили код", address)
    return await mail.letter_to(address, after=before)


async def test_five_wrong_codes_are_all_and_a_new_one_comes_at_most_once_a_minute(newcomer, mail):
    letter = await asked_for_a_code(newcomer, mail, f"maria{newcomer.id}@example.org")
    right = code_in(letter).replace(" ", "")
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for left in ("4 попытки", "3 попытки", "2 попытки", "1 попытка", "попыток больше нет"):
        await newcomer.sends(wrong)
        await newcomer.hears("Код не подошёл", left)
    await newcomer.sends(right)
    await newcomer.hears("больше не действует", "Отправить новый код")


async def test_a_new_code_takes_the_place_of_the_old_one(newcomer, mail):
    await asked_for_a_code(newcomer, mail, f"maria{newcomer.id}@example.org")
    await newcomer.taps("Отправить новый код")
    await newcomer.told("Новый код можно отправить через")


async def test_the_words_are_the_same_for_an_address_that_is_somebodys(newcomer, another_newcomer, teacher, mail):
    known = await asked_for_a_code(newcomer, mail, address_of(teacher))
    said = [message.text for message in newcomer.messages if "Мы отправили код" in message.text]
    unknown = await asked_for_a_code(another_newcomer, mail, f"olga{another_newcomer.id}@example.org")
    heard = [message.text for message in another_newcomer.messages if "Мы отправили код" in message.text]
    assert said[0].replace(known.to, "") == heard[0].replace(unknown.to, "")
    assert known.subject.rstrip("0123456789 ") == unknown.subject.rstrip("0123456789 ")
    assert "уже есть профиль" in known.text
    assert "уже есть профиль" not in unknown.text
    await newcomer.sends(code_in(known))
    await newcomer.hears("С этим адресом уже зарегистрирован другой профиль")


async def test_without_a_mail_server_the_bot_says_so_and_takes_addresses_unproved(databases, tmp_path):
    log = tmp_path / "bot.log"
    async with databases.fresh("sqlite") as url, await StandIn.start(token=TOKEN) as stand_in:
        async with running_bot(stand_in, url, log):
            newcomer = stand_in.person("Мария")
            await newcomer.starts()
            await newcomer.taps("Согласен(на)")
            await newcomer.is_shown("Как вас зовут?")
            await newcomer.sends("Берёзкина Мария")
            await newcomer.hears("Ваша электронная почта?")
            await newcomer.sends("maria@example.org")
            await newcomer.hears("Где вы работаете?")
        assert "letters_off" in await asyncio.to_thread(written, log)
