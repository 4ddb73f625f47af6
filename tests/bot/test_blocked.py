"""Whoever the chat does not reach is written to instead, once, until they are back in the chat."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Router
from aiogram.types import Message
from sqlalchemy import delete, select, update

from bot.letters import LETTERS
from bot.pushes import PUSHES
from bot.startup import Application
from db import outbox
from db.engine import Database
from db.outbox import Note
from db.tables import Chat, Notification, Update
from domain.person import Person
from domain.policy import UNDO_WINDOW
from domain.status import LetterKind
from handlers import fallback
from playground.mail_box import MailBox
from playground.person import Person as Phone
from playground.stand_in import StandIn
from services.circulars import CIRCULAR
from services.moves import DIGEST
from services.outbox import BY_LETTER, OF_THE_CHAT, UNWANTED
from services.prompting import Screen
from services.roles import MENU, lose_school_role
from tests.bot.conftest import Open
from tests.city import City
from tests.conftest import Clock

KEY = "k" * 32


@pytest.fixture
async def mail() -> AsyncIterator[MailBox]:
    """The bot's mail server."""
    async with await MailBox.start() as box:
        yield box


@pytest.fixture
async def application(open_application: Open, mail: MailBox, router: Router) -> Application:
    """A bot that sends letters, too, and hears who blocks it."""
    router.my_chat_member()(fallback.blocked_or_back)
    return await open_application(smtp_url=mail.url, mail_from="portal@example.org", secret_key=KEY)


@pytest.fixture
def city(database: Database, application: Application) -> City:
    """An invented city, whose people have proved their addresses."""
    return City(database, application.services)


async def phone_of(person: Person, stand_in: StandIn, city: City) -> Phone:
    """The person's phone with the chat open, and nothing left to be told."""
    phone = stand_in.person(person.full_name, id=person.chat_id)
    await phone.starts()
    async with city.database.write() as tx:
        await tx.execute(delete(Notification))
    return phone


async def tell(city: City, person: Person, number: int = 1) -> None:
    """Something to say to the person, as a use case orders it."""
    text = f"Занятие {number}\nв 15:00"
    told = {"code": "ТСТ-1", "title": "Курс", "group": "1", "provider": "Центр", "text": text}
    async with city.database.write() as tx:
        await outbox.add(tx, [Note(f"told {number}", person.id, CIRCULAR, told)], city.services.calendar.now())


async def settled(application: Application, city: City) -> list[Any]:
    """The notes, when there is nothing more to do now about any of them."""
    async with asyncio.timeout(15):
        while True:
            assert application.postman
            application.sender.wake()
            application.postman.wake()
            async with city.database.read() as connection:
                rows = (await connection.execute(select(Notification.__table__).order_by(Notification.id))).all()
            now = city.services.calendar.now()
            if all(row.sent_at or row.failed_at for row in rows if row.due_at <= now):
                return list(rows)
            await asyncio.sleep(0.03)


async def until_blocked(city: City, person: Person, *, is_so: bool = True) -> None:
    """Until the bot knows it."""
    async with asyncio.timeout(10):
        while await city.block(person) is not is_so:  # noqa: ASYNC110 - rows tell nobody
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("out_of_reach", ["blocks", "deletes_account"])
async def test_a_message_that_a_chat_does_not_take_comes_by_letter_and_those_after_it_at_once(
    application: Application, city: City, stand_in: StandIn, mail: MailBox, out_of_reach: str
) -> None:
    anna = await city.person()
    phone = await phone_of(anna, stand_in, city)
    await getattr(phone, out_of_reach)()
    await stand_in.updates_are_taken()
    async with city.database.write() as tx:  # as if the word of the block had not come
        await tx.execute(update(Chat).values(blocked_since=None))
    await tell(city, anna)
    await settled(application, city)
    assert await city.block(anna)
    letter = await mail.letter_to(f"person{anna.chat_id}@example.org", "Занятие 1")
    assert "в 15:00" in letter.text
    assert "в 15:00" in letter.html
    assert "нажмите «Запустить»" in letter.text
    calls = len(stand_in.calls.of("sendMessage"))
    await tell(city, anna, 2)
    rows = await settled(application, city)
    await mail.letter_to(letter.to, "Занятие 2")
    assert len(mail.to(letter.to)) == 2
    assert len(stand_in.calls.of("sendMessage")) == calls
    assert [row.failed_at for row in rows] == [None, None]


async def test_whoever_has_never_opened_the_chat_is_written_to(
    application: Application, city: City, stand_in: StandIn, mail: MailBox
) -> None:
    anna = await city.person()
    stand_in.person("Анна", id=anna.chat_id)  # 403: bot can't initiate conversation with a user
    await tell(city, anna)
    await settled(application, city)
    await mail.letter_to(f"person{anna.chat_id}@example.org", "Занятие 1")


async def test_what_a_letter_is_written_of_anyway_is_not_written_twice(
    application: Application, city: City, stand_in: StandIn, mail: MailBox
) -> None:
    school = await city.school()
    anna, head = await city.person(school), await city.person(school, head_of=school)
    await (await phone_of(anna, stand_in, city)).blocks()
    await until_blocked(city, anna)
    portal, address = application.services, f"person{anna.chat_id}@example.org"
    course = await city.course()
    applied = (await portal.applications.apply(course, anna)).application
    await portal.approvals.reject(applied.id, 1, None, head, Screen(head.chat_id, 1))
    rows = await settled(application, city)
    code = await city.code_of(course)
    await mail.letter_to(address, "Заявка отклонена", code)
    assert sum("отклонена" in letter.subject for letter in mail.to(address)) == 1
    assert [row.failure for row in rows if row.failure] == [BY_LETTER]
    await portal.approvals.undo(applied.id, 2, head, Screen(head.chat_id, 1))  # which no letter tells of otherwise
    await settled(application, city)
    await mail.letter_to(address, "Отклонение отменено", code)
    async with city.database.write() as tx:
        await lose_school_role(tx, head.id, school, portal.calendar)
    await portal.people.blocks(head.chat_id)
    await settled(application, city)
    letters = mail.to(f"person{head.chat_id}@example.org")
    assert sum("больше не действует" in letter.text for letter in letters) == 1


async def test_whoever_wants_no_letters_of_a_kind_gets_none_in_place_of_messages_either(
    application: Application, city: City, stand_in: StandIn, mail: MailBox
) -> None:
    school = await city.school()
    anna, head = await city.person(school), await city.person(school, head_of=school)
    await (await phone_of(anna, stand_in, city)).blocks()
    await stand_in.updates_are_taken()
    applied = (await application.services.applications.apply(await city.course(), anna)).application
    await settled(application, city)
    before = len(mail.to(f"person{anna.chat_id}@example.org"))
    await city.put_person(anna, letters_off=[LetterKind.DECISIONS.value])
    await application.services.approvals.approve(applied.id, 1, head, Screen(head.chat_id, 1))
    rows = await settled(application, city)
    assert [row.failure for row in rows if row.user_id == anna.id and row.failure] == [UNWANTED]
    assert len(mail.to(f"person{anna.chat_id}@example.org")) == before


async def test_without_a_proved_address_operators_see_why_it_was_not_said(
    application: Application, city: City, stand_in: StandIn
) -> None:
    anna = await city.person()
    await (await phone_of(anna, stand_in, city)).blocks()
    await city.put_person(anna, email_proved_at=None, email_key=None)
    await tell(city, anna)
    (row,) = await settled(application, city)
    assert row.failed_at
    assert row.failure in {"Forbidden: bot was blocked by the user", "no chat to reach"}


async def test_an_approver_who_is_out_of_reach_reads_of_what_waits_and_of_nothing_that_is_past(
    application: Application, city: City, stand_in: StandIn, mail: MailBox
) -> None:
    school = await city.school()
    anna, head, admin = await city.person(school), await city.person(head_of=school), await city.person(head_of=school)
    await (await phone_of(head, stand_in, city)).blocks()
    await stand_in.updates_are_taken()
    portal, address = application.services, f"person{head.chat_id}@example.org"
    first, second = [(await portal.applications.apply(await city.course(), anna)).application for _ in range(2)]
    await portal.approvals.approve(first.id, 1, admin, Screen(admin.chat_id, 1))
    rows = await settled(application, city)
    letter = await mail.letter_to(address, second.code)
    assert anna.full_name in letter.text
    assert [message.subject for message in mail.to(address)] == [letter.subject]
    assert not [row for row in rows if row.user_id == head.id and row.failed_at]


async def test_what_is_gathered_into_one_message_is_one_letter(
    application: Application, city: City, stand_in: StandIn, mail: MailBox
) -> None:
    anna = await city.person()
    await (await phone_of(anna, stand_in, city)).blocks()
    await stand_in.updates_are_taken()
    news = [{"move": "apply", "code": f"ТСТ-{number}", "title": "Курс"} for number in range(3)]
    async with city.database.write() as tx:
        notes = [Note(told["code"], anna.id, DIGEST, told) for told in news]
        await outbox.add(tx, notes, city.services.calendar.now())
    await settled(application, city)
    letter = await mail.letter_to(f"person{anna.chat_id}@example.org", "Новости заявок")
    assert all(f"ТСТ-{number}" in letter.text for number in range(3))
    assert len(mail.to(letter.to)) == 1


@pytest.mark.parametrize("returns", ["unblocks", "writes"])
async def test_whoever_is_back_in_the_chat_is_told_there_again_with_the_commands_of_today(
    application: Application, city: City, stand_in: StandIn, mail: MailBox, router: Router, returns: str
) -> None:
    @router.message()
    async def greet(message: Message) -> None:
        await message.answer("привет")

    anna = await city.person()
    phone = await phone_of(anna, stand_in, city)
    await phone.hears("привет")
    if returns == "unblocks":
        await phone.blocks()
        await until_blocked(city, anna)
        await phone.unblocks()
    else:  # the word that they are back has not come
        await application.services.people.blocks(anna.chat_id)
        await phone.sends("я здесь")
        await phone.hears("привет")
    await until_blocked(city, anna, is_so=False)
    await tell(city, anna)
    assert [row.kind for row in await settled(application, city)] == [MENU, CIRCULAR]
    await phone.hears("Занятие 1")
    assert any("scope" in call.parameters for call in stand_in.calls.of("setMyCommands"))
    assert mail.to(f"person{anna.chat_id}@example.org") == []


async def test_a_handler_that_fails_after_somebody_is_back_is_not_taken_for_done(
    application: Application, city: City, stand_in: StandIn, router: Router
) -> None:
    seen = []

    @router.message()
    async def fail(_: Message) -> None:
        async with city.database.read() as connection:
            rows = (await connection.execute(select(Chat.blocked_since))).scalars().all()
        seen.append((list(rows), await _handled(city)))
        raise KeyError("тайна")

    anna = await city.person()
    await application.services.people.blocks(anna.chat_id)
    await stand_in.person("Анна", id=anna.chat_id).starts()
    async with asyncio.timeout(10):
        while not seen:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert seen == [([None], 0)], "the chat is used again, and the update is still to be handled"


async def _handled(city: City) -> int:
    async with city.database.read() as connection:
        rows = await connection.execute(select(Update.update_id).where(Update.handled_at.is_not(None)))
    return len(rows.all())


def test_everything_that_is_said_in_a_chat_can_be_said_by_letter() -> None:
    assert set(PUSHES) - set(LETTERS) == OF_THE_CHAT


async def test_a_decision_comes_as_a_new_message_where_the_old_question_is_out_of_reach(
    application: Application, city: City, stand_in: StandIn, clock: Clock
) -> None:
    school = await city.school()
    anna, head, admin = await city.person(school), await city.person(head_of=school), await city.person(head_of=school)
    phones = [await phone_of(person, stand_in, city) for person in (head, admin)]
    portal = application.services
    applied = (await portal.applications.apply(await city.course(), anna)).application
    await settled(application, city)
    questions = [await phone.hears(applied.code) for phone in phones]
    for phone, question in zip(phones, questions, strict=True):
        await application.bot.delete_message(phone.id, question.id)
    await portal.approvals.approve(applied.id, 1, head, Screen(head.chat_id, questions[0].id))
    await settled(application, city)
    told = await phones[1].hears("Согласована", head.full_name)
    clock.advance(UNDO_WINDOW)
    await settled(application, city)
    assert not any("Согласована" in message.text for message in phones[0].messages), "it was their own decision"
    await portal.approvals.undo(applied.id, 2, head, Screen(head.chat_id, 1))
    await settled(application, city)
    (again,) = (message for message in phones[1].messages if applied.code in message.text)
    assert again.id == told.id, "what came in place of the question is what changes from now on"
    await phones[0].hears(applied.code)
