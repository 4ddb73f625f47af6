"""«Мои данные» and «Удалить профиль» on the phone, what others see of it, and what the log never says."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Text, cast, select

from db.engine import Database
from db.tables import Base, Chat, Consent, Conversation
from domain.clock import Calendar
from domain.person import REMOVED_NAME, Role
from domain.status import Status
from playground.mail_box import MailBox
from playground.stand_in import StandIn
from services.portal import open_portal
from tests.journeys.conftest import KEY, TOKEN
from tests.journeys.test_registration import answers_all
from tests.journeys.town import Town, buttons_of
from tests.running import running_bot, written

NAME: Final = "Черникова Полина Сергеевна"
ZONE: Final = ZoneInfo("Europe/Moscow")


async def holding(database: Database, word: str) -> set[tuple[str, str]]:
    """Every column of every table in which a word stands."""
    found = set()
    async with database.read() as connection:
        for table in Base.metadata.sorted_tables:
            for column in table.c:
                for value in (await connection.execute(select(cast(column, Text)))).scalars():
                    if value is not None and word in value:
                        found.add((table.name, column.name))
    return found


async def test_my_data_come_as_two_files_and_the_consent_can_be_read(city, meet, school, head):
    name = "Малахова Вера Павловна"
    teacher = await meet(await city.person(school, name=name))
    await city.applies(teacher, await city.course(title="Вулканы на уроке"))
    await teacher.presses("Профиль")
    await teacher.hears(name, "Мои данные", "Удалить профиль")
    assert "Готовлю" in (await teacher.taps("Мои данные") or "")
    pdf = await teacher.hears("<document>", "Моё согласие")
    written_down, drawn = [message for message in teacher.messages if "document" in message.content][-2:]
    told = json.loads(teacher.content_of(written_down))
    assert told["full_name"] == name
    assert [row["status"] for row in told["applications"]] == ["pending"]
    assert drawn is pdf
    assert teacher.content_of(drawn).startswith(b"%PDF")
    assert head.account.first_name not in json.dumps(told, ensure_ascii=False)
    await teacher.taps("Моё согласие")
    await teacher.hears("Вы согласились", "редакция", "Согласие на обработку персональных данных")
    for _ in range(2):
        await teacher.taps("Мои данные")
        await teacher.hears("<document>", "Моё согласие")
    await teacher.taps("Мои данные")
    await teacher.told("трижды", "завтра")


async def test_a_profile_is_removed_with_the_second_tap_and_others_see_a_removed_user(
    city, meet, school, head, admin, mail
):
    person = await city.person(school, name=NAME)
    teacher = await meet(person)
    course = await city.course()
    await city.applies(teacher, course)
    await head.hears("Заявка на согласование", NAME)
    await admin.hears("Заявка на согласование", NAME)
    await head.taps("Отклонить")
    await head.is_shown("Своя причина")
    await head.taps("Своя причина")
    await head.sends(f"{NAME} нужна в школе")
    await teacher.hears("Отклонена", "нужна в школе")
    await city.applies(teacher, course)
    await head.hears("Заявка на согласование", NAME)
    await teacher.sends("отчего дымят вулканы")
    await teacher.hears("")
    await teacher.presses("Профиль")
    await teacher.taps("Удалить профиль")
    await teacher.is_shown("Удалить профиль?", "Будут отозваны: 1 заявка", "Отменить это нельзя")
    await teacher.taps("Оставить профиль")
    await teacher.is_shown("Профиль", NAME)
    await teacher.taps("Удалить профиль")
    question = await teacher.is_shown("Удалить профиль?")
    forever = teacher.data_of("Удалить навсегда")
    await teacher.taps("Удалить навсегда")
    await teacher.is_shown("Профиль удалён", "Отозваны: 1 заявка")
    await teacher.hears("нажмите /start")
    assert teacher.reply_keyboard is None
    await head.sees("Отозвана", REMOVED_NAME)
    await admin.sees("Отозвана", REMOVED_NAME)
    await mail.letter_to(person.email, "рофиль удалён")
    await teacher.taps_raw(forever, on=question)
    await teacher.hears("Согласен(на)")
    # The letter's note is emptied once the server has taken the letter.
    await until_gone(city, NAME, person.email)
    await teacher.starts()
    await teacher.hears("Здравствуйте", "Согласен(на)")


async def until_gone(city: Town, *words: str) -> None:
    """Until the words stand nowhere: the last letter and the last screens leave a moment after the tap."""
    async with asyncio.timeout(60):
        while any([await holding(city.database, word) for word in words]):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_a_removed_person_may_register_anew_and_finds_nothing_of_before(newcomer, city, mail):
    name = await city.school_named()
    await newcomer.starts()
    await answers_all(newcomer, mail, name)
    await newcomer.taps("Всё верно")
    await newcomer.hears("Вы зарегистрированы!")
    await city.applies(newcomer, await city.course())
    await newcomer.presses("Профиль")
    await newcomer.taps("Удалить профиль")
    await newcomer.taps("Удалить навсегда")
    await newcomer.is_shown("Профиль удалён", "письмом")
    assert await city.count(Chat, chat_id=newcomer.id) == 0
    await newcomer.starts()
    await newcomer.hears("Согласен(на)")


async def test_while_enrolled_the_screen_says_what_to_do_instead(city, meet, school):
    teacher = await meet(await city.person(school))
    course = await city.course()
    application = await city.applies(teacher, course)
    await city.put(application, status=Status.ENROLLED)
    await teacher.presses("Профиль")
    await teacher.taps("Удалить профиль")
    shown = await teacher.is_shown("Пока профиль удалить нельзя", await city.code_of(course), "в поддержку")
    assert buttons_of(shown) == {"Назад"}


async def test_a_head_leaves_and_the_prompts_on_that_screen_are_nobodys(city, meet, school, support):
    head = await meet(await city.person(head_of=school))
    teacher = await meet(await city.person(school))
    await city.applies(teacher, await city.course())
    await head.hears("Заявка на согласование")
    await head.presses("Профиль")
    await head.taps("Удалить профиль")
    await head.is_shown("Без согласующего останутся", "Ваши роли закончатся")
    await head.taps("Удалить навсегда")
    await head.sees("больше не ждёт вашего решения")
    await support.hears("Заявка на согласование")
    assert "queue" not in head.commands


@pytest.mark.parametrize("storage", ["database", "redis"])
async def test_the_log_names_nobody_and_the_conversation_is_gone_with_the_profile(
    databases: Any, redis_url: str, tmp_path: Path, storage: str
) -> None:
    """Registration, search, applying, a rejection in somebody's own words, removal; the log is kept at DEBUG."""
    log = tmp_path / "bot.log"
    kind = "postgresql" if storage == "redis" else "sqlite"
    async with (
        databases.fresh(kind) as url,
        await StandIn.start(token=TOKEN) as stand_in,
        await MailBox.start() as mail,
    ):
        letters = {"SMTP_URL": mail.url, "MAIL_FROM": "portal@example.org", "SECRET_KEY": KEY, "LOG_LEVEL": "DEBUG"}
        elsewhere = {"REDIS_URL": redis_url} if storage == "redis" else {}
        database = Database(url)
        try:
            async with running_bot(stand_in, url, log, **letters, **elsewhere):
                city = Town(database, open_portal(database, Calendar(ZONE), KEY.encode()))
                said = await _whole_story(city, stand_in, mail)
            async with database.read() as connection:
                assert await connection.scalar(select(Consent.text)) is not None
                assert (await connection.execute(select(Conversation.state))).scalars().all() in ([], [None])
        finally:
            await database.close()
    lines = written(log)
    assert "stopped" in lines
    for words in said:
        assert words.lower() not in lines.lower(), words


async def _whole_story(city: Town, stand_in: StandIn, mail: MailBox) -> list[str]:
    """Everything said, typed or given out on the way."""
    school = await city.school_named()
    token = await city.services.invitations.invite(Role.HEAD, school=school)
    head, teacher = stand_in.person("Ольга"), stand_in.person("Мария")
    for phone, link in ((head, f"inv_{token}"), (teacher, "")):
        await phone.starts(link)
        await answers_all(phone, mail, school)
        await phone.taps("Всё верно")
        await phone.hears("Вы зарегистрированы!")
    await teacher.sends("отчего дымят вулканы")
    await teacher.hears("")
    course = await city.course(title="Редкие минералы")
    await city.applies(teacher, course)
    await head.hears("Заявка на согласование")
    await head.taps("Отклонить")
    await head.is_shown("Своя причина")
    await head.taps("Своя причина")
    await head.sends("никуда не поедет")
    await teacher.hears("никуда не поедет")
    await teacher.presses("Профиль")
    await teacher.taps("Мои данные")
    await teacher.hears("<document>", "Моё согласие")
    await teacher.taps("Удалить профиль")
    await teacher.taps("Удалить навсегда")
    await teacher.is_shown("Профиль удалён")
    address = f"maria{teacher.id}@example.org"
    await mail.letter_to(address, "рофиль удалён")
    codes = [code for letter in mail.letters for code in re.findall(r"\b\d{3} \d{3}\b", letter.text)]
    return [
        token,
        TOKEN,
        KEY,
        address,
        f"maria{head.id}",
        "Берёзкина",
        "Воспитатель",
        "дымят",
        "минералы",
        "никуда не поедет",
        school,
        *codes,
        *(code.replace(" ", "") for code in codes),
    ]
