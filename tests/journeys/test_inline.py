"""`@bot …` in any chat, and a course passed on: what is offered, what is sent, where its button leads."""

import asyncio

import pytest
from sqlalchemy import select, update

from db.tables import Course, Update
from tests.journeys.town import PATIENCE


def titles(offered):
    return [result["title"] for result in offered.answer.results]


@pytest.fixture
def staff_room(stand_in):
    """A chat without the bot."""
    return stand_in.group()


async def test_a_course_is_passed_on_in_any_chat_and_opens_for_whoever_follows_it(
    teacher, jobless, city, staff_room, stand_in
):
    word = city.rare_word()
    course = await city.course(title=f"Кратеры: {word}", hours=72)
    await city.course(title=f"Скрытые кратеры: {word}", published=False)
    offered = await teacher.types_inline(f"кратеры {word}", chat=staff_room)
    (result,) = offered.answer.results
    assert (offered.answer.personal, offered.answer.button) == (True, None)
    assert "72 часа" in result["description"]
    sent = await teacher.picks("Кратеры", offered)
    code = await city.code_of(course)
    for part in (f"Кратеры: {word}", f"Шифр {code}", "72 часа", "бюджет", "Даты", "Центр №"):
        assert part in sent.text
    assert teacher.account.first_name not in sent.text
    await jobless.opens(await teacher.taps("Открыть в боте", on=sent))
    await jobless.hears(code, f"Кратеры: {word}", "Записаться")


async def test_before_anything_is_typed_favourites_come_first_then_what_closes_soonest(teacher, city):
    later = await city.course(title="Избранный курс", closes_in=25)
    await city.course(title="Закрывается сегодня", closes_in=0)
    await city.services.favourites.put(later, await city.again_of(teacher), kept=True)
    offered = await teacher.types_inline("")
    assert titles(offered)[0] == "Избранный курс"
    assert titles(offered).index("Закрывается сегодня") == 1
    assert titles(offered).count("Избранный курс") == 1
    assert len(titles(offered)) <= 20


async def test_more_cards_come_as_somebody_scrolls_and_each_comes_once(teacher, city):
    word = city.rare_word()
    for number in range(23):
        await city.course(title=f"{word} {number}")
    first = await teacher.types_inline(word)
    rest = await teacher.types_inline(word, offset=first.answer.next_offset)
    assert (len(titles(first)), len(titles(rest)), rest.answer.next_offset) == (20, 3, "")
    assert len({*titles(first), *titles(rest)}) == 23
    odd = await teacher.types_inline(f" {word}", offset="не число")
    assert titles(odd) == titles(first)


async def test_a_stranger_and_whoever_finds_nothing_are_led_to_the_portal(newcomer, teacher, city, staff_room):
    await city.course()
    for phone, text in ((newcomer, ""), (newcomer, "курс"), (teacher, "щщщщщщъъъ")):
        offered = await phone.types_inline(text, chat=staff_room)
        assert titles(offered) == []
        assert offered.answer.button == {"text": "Открыть портал", "start_parameter": "portal"}
    await newcomer.starts("portal")
    await newcomer.hears("Согласен(на)")


@pytest.mark.parametrize("text", ["'", '"*', "c++ AND (", "\u200b", "а" * 256, "🙂", "%_\\"])
async def test_anything_may_be_typed(teacher, text):
    assert (await teacher.types_inline(text)).answer is not None


async def test_share_on_a_card_brings_the_very_course(teacher, city):
    course = await city.course(title="Вулканы")
    code = await city.code_of(course)
    await teacher.sends(code)
    await teacher.hears(code, "Поделиться", "Плакат с QR")
    offered = await teacher.types_inline(await teacher.taps("Поделиться"))
    assert titles(offered) == ["Вулканы"]
    await teacher.picks("Вулканы", offered)
    await teacher.hears_nothing()


async def test_what_is_not_published_is_not_passed_on(teacher, city):
    course = await city.course()
    code = await city.code_of(course)
    await city.services.favourites.put(course, await city.again_of(teacher), kept=True)
    await teacher.sends(code)
    card = await teacher.hears(code, "Поделиться")
    async with city.database.write() as tx:
        await tx.execute(update(Course).where(Course.id == course).values(published=False))
    assert code not in str((await teacher.types_inline(code)).answer.results)
    await teacher.taps("Плакат с QR", on=card)
    await teacher.told("недоступно")
    await teacher.starts(f"c_{course}")
    shown = await teacher.hears(code)
    assert not any(label.startswith(("Поделиться", "Плакат")) for row in shown.labels for label in row)


async def test_a_poster_comes_as_a_picture_and_as_a_page(teacher, city):
    code = await city.code_of(await city.course(title="Вулканы"))
    await teacher.sends(code)
    await teacher.hears(code)
    await teacher.taps("Плакат с QR")
    picture, paper = [await teacher.hears("<document>") for _ in range(2)]
    assert teacher.content_of(picture).startswith(b"\x89PNG")
    assert teacher.content_of(paper).startswith(b"%PDF-")
    assert paper.content["document"]["file_name"] == f"Плакат {code}.pdf"
    assert "для печати" in paper.text


async def test_of_fast_typing_the_last_words_are_answered_and_the_bot_goes_on(teacher, city, stand_in, until):
    word = city.rare_word()
    await city.course(title=word)
    typed = [teacher.begins_inline(word[:length]) for length in range(1, len(word) + 1)]
    await until(lambda: typed[-1].answer is not None)
    assert titles(typed[-1]) == [word]
    answered = [call.parameters["inline_query_id"] for call in stand_in.calls.of("answerInlineQuery")]
    assert sum(query.id in answered for query in typed) < len(typed)
    await teacher.sends(word)
    await teacher.hears(word)
    unhandled = select(Update.update_id).where(Update.chat_id == teacher.id, Update.handled_at.is_(None))
    async with asyncio.timeout(PATIENCE):
        # Another process: there is no event to wait for.
        while await rows(city, unhandled):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def rows(city, statement):
    async with city.database.read() as connection:
        return (await connection.execute(statement)).all()


async def test_an_answer_that_comes_too_late_is_no_fault(teacher, city, stand_in):
    """The stand-in forgets the query before the bot has answered it; the town fails on any fault in the bot's log."""
    query = teacher.begins_inline("курс")
    query.at -= 60
    await teacher.sends(await city.code_of(await city.course()))
    await teacher.hears("Записаться")
    assert query.answer is None


async def test_a_providers_poster_leads_everybody_to_its_courses(city, meet, teacher):
    provider = await city.provider()
    methodologist = await meet(await city.person(staff_of=provider))
    course = await city.course(provider_id=provider, title="Вулканы")
    await city.course()
    await methodologist.presses("Группы и зачисление")
    await methodologist.hears("Плакат каталога")
    await methodologist.taps("Плакат каталога")
    await methodologist.hears("<document>")
    paper = await methodologist.hears("<document>", "для печати")
    assert methodologist.content_of(paper).startswith(b"%PDF-")
    await teacher.starts(f"p_{provider}")
    shown = await teacher.hears("Каталог курсов", "1 курс", "Фильтры: Центр №", await city.code_of(course))
    await teacher.taps("Сбросить фильтры", on=shown)
    await teacher.is_shown("Каталог курсов")
    await teacher.taps_raw(f"pposter:{provider}", on=shown)
    await teacher.told("недоступно")
