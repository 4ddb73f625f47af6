"""Tickets: who may see and do what, who is told, taking, closing, rating, opening again, row 10."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from db.tables import ApplicationEvent, PortalStaff, Ticket, TicketMessage
from domain.errors import (
    DomainError,
    NotAllowed,
    TakenByOther,
    TicketMoved,
    TicketOver,
    TooLong,
    TooManyMessages,
    TooManyTickets,
    TooShort,
)
from domain.person import Role
from domain.status import Move, Status
from domain.tickets import MESSAGES_A_DAY, TICKETS_A_DAY, FileKind, Side, Stage, subject, words
from services.desk import UNATTENDED
from services.prompting import Screen

SAID, CLOSED, TAKEN = "ticket_said", "ticket_closed", "ticket_taken"
HELLO = words("Здравствуйте")


@pytest.fixture
async def support(city):
    return await city.person(portal=Role.SUPPORT)


@pytest.fixture
async def colleague(city):
    return await city.person(portal=Role.SUPPORT)


@pytest.fixture
async def teacher(city):
    return await city.person(await city.school())


@pytest.fixture
def talk(city):
    return city.services.tickets


@pytest.fixture
def desk(city):
    return city.services.ticket_desk


async def enrolled(city, *, provider=None):
    """A school, its head, a teacher who is enrolled, the application's id and version."""
    school = await city.school()
    head, teacher = await city.person(head_of=school), await city.person(school)
    course = await city.course(provider_id=provider or await city.provider())
    application = (await city.services.applications.apply(course, teacher)).application.id
    await city.services.approvals.approve(application, 1, head, Screen(head.chat_id, 1))
    await city.put(application, status=Status.ENROLLED, version=3)
    return head, teacher, application


async def test_a_new_ticket_is_told_to_all_of_support_but_not_to_its_owner(city, talk, support, colleague, teacher):
    view = await talk.open("  Запись \n на курс ", None, HELLO, teacher)
    assert (view.subject, view.stage, view.side, view.taken_by) == ("Запись на курс", Stage.WAITS, Side.OWNER, None)
    for person in (support, colleague):
        [told] = await city.told(person, SAID)
        saying = await talk.saying(told["message_id"], person.id)
        assert (saying.text, saying.is_first, saying.side) == ("Здравствуйте", True, Side.STAFF)
    assert not await city.told(teacher, SAID)


async def test_a_support_persons_own_ticket_is_for_the_others(city, talk, desk, support, colleague):
    ticket = (await talk.open("Вопрос", None, HELLO, support)).id
    assert not await city.told(support, SAID)
    assert len(await city.told(colleague, SAID)) == 1
    assert not (await desk.queue(0, support)).lines
    assert [line.id for line in (await desk.queue(0, colleague)).lines] == [ticket]
    assert (await city.services.desk.work(support))[0].waiting == 0
    assert (await city.services.desk.work(colleague))[0].waiting == 1
    with pytest.raises(NotAllowed):
        await desk.take(ticket, None, support)


async def test_nobody_else_tells_somebody_elses_ticket_from_one_that_is_not_there(city, talk, desk, teacher):
    """Each use case, each kind of stranger: the same answer."""
    ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
    message = await city.one(select(TicketMessage.id).where(TicketMessage.ticket_id == ticket))
    former = await city.person(portal=Role.SUPPORT)
    held = await city.person(portal=Role.SUPPORT)
    async with city.database.write() as tx:
        await tx.execute(delete(PortalStaff).where(PortalStaff.user_id == former.id))
        await tx.execute(update(PortalStaff).where(PortalStaff.user_id == held.id).values(held=True))
    strangers = [
        await city.person(),
        await city.person(teacher.school_id, head_of=teacher.school_id),
        await city.person(staff_of=await city.provider()),
        await city.person(portal=Role.OPERATOR),
        former,
        held,
    ]
    for number in (ticket, 10**6):
        for by in strangers:
            for call in (
                talk.look(number, by),
                talk.to_write(number, by),
                talk.say(number, HELLO, by),
                talk.to_close(number, 0, by),
                talk.close(number, 0, by),
                talk.rate(number, 5, by),
                talk.show_whole(number, 0, by, 10),
                desk.take(number, None, by),
                desk.to_withdraw(number, 1, by),
                desk.withdraw(number, 1, "Причина", by),
            ):
                with pytest.raises(NotAllowed):
                    await call
    for by in strangers:
        assert await talk.saying(message, by.id) is None
        assert await talk.news(ticket, by.id) is None
    for by in [await city.again(former), await city.again(held), teacher]:
        with pytest.raises(NotAllowed):
            await desk.queue(0, by)
        with pytest.raises(NotAllowed):
            await city.services.desk.work(by)


async def test_an_owner_has_no_staffs_rights_and_staff_no_owners(talk, desk, teacher, support):
    ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
    for call in (desk.take(ticket, None, teacher), desk.withdraw(ticket, 1, "Причина", teacher)):
        with pytest.raises(NotAllowed):
            await call
    await talk.close(ticket, (await talk.look(ticket, support)).newest, support)
    with pytest.raises(NotAllowed):
        await talk.rate(ticket, 5, support)


async def test_nobody_opens_a_ticket_about_somebody_elses_application(city, talk, teacher):
    _, _, application = await enrolled(city)
    for number in (application, 10**6):
        with pytest.raises(NotAllowed):
            await talk.open("Отзыв", number, HELLO, teacher)
        with pytest.raises(NotAllowed):
            await talk.asking_about(number, teacher)
    assert await city.count(Ticket, user_id=teacher.id) == 0


async def test_what_is_said_reaches_the_other_side_and_nobody_else(city, clock, talk, support, colleague, teacher):
    ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
    clock.advance(timedelta(minutes=1))
    await talk.say(ticket, words("Снимок", FileKind.PHOTO, "photo-id"), support)
    [told] = await city.told(teacher, SAID)
    answer = await talk.saying(told["message_id"], teacher.id)
    assert (answer.file_kind, answer.file_id, answer.text) == (FileKind.PHOTO, "photo-id", "Снимок")
    view = await talk.look(ticket, teacher)
    assert (view.stage, view.taken_by_id) == (Stage.ANSWERED, support.id)
    clock.advance(timedelta(minutes=1))
    await talk.say(ticket, words(None, FileKind.DOCUMENT, "document-id"), teacher)
    assert (await talk.look(ticket, support)).stage is Stage.WAITS
    assert len(await city.told(support, SAID)) == 2
    assert len(await city.told(colleague, SAID)) == 1, "taken: only the taker hears"


async def test_where_the_taker_is_support_no_more_all_the_others_hear(city, talk, desk, support, colleague, teacher):
    ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
    await desk.take(ticket, None, support)
    async with city.database.write() as tx:
        await tx.execute(update(PortalStaff).where(PortalStaff.user_id == support.id).values(held=True))
    await talk.say(ticket, words("Ещё"), teacher)
    assert len(await city.told(support, SAID)) == 1
    assert len(await city.told(colleague, SAID)) == 2


async def test_those_that_wait_come_first_and_the_longest_ago_first(city, clock, talk, desk, support):
    tickets = []
    for number in range(3):
        tickets.append((await talk.open(f"Вопрос {number}", None, HELLO, await city.person())).id)
        clock.advance(timedelta(minutes=1))
    await talk.say(tickets[0], words("Ответ"), support)
    page = await desk.queue(0, support)
    assert [line.id for line in page.lines] == [tickets[1], tickets[2], tickets[0]]
    assert [line.taken_by for line in page.lines] == [None, None, support.full_name]
    assert (await city.services.desk.work(support))[0].waiting == 2


async def test_closed_tickets_are_listed_for_staff_those_closed_last_first(city, clock, talk, desk, support, colleague):
    tickets = [(await talk.open("Вопрос", None, HELLO, await city.person())).id for _ in range(9)]
    own = (await talk.open("Вопрос", None, HELLO, support)).id
    for ticket in (*reversed(tickets), own):
        await talk.close(ticket, 10**6, colleague)
        clock.advance(timedelta(minutes=1))
    page = await desk.closed(0, support)
    assert ([line.id for line in page.lines], page.total) == (tickets[:7], 9), "one's own is for the others"
    assert [line.id for line in (await desk.closed(1, support)).lines] == tickets[7:]
    assert (await desk.closed(5, support)).number == 0
    assert not (await desk.queue(0, support)).lines


async def test_where_support_has_nobody_operators_hear_once_that_a_ticket_waits_and_not_what_it_says(
    city, talk, teacher
):
    operator = await city.person(portal=Role.OPERATOR)
    ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
    await talk.say(ticket, words("Вы здесь?"), teacher)
    assert await city.told(operator, UNATTENDED) == [{}]
    with pytest.raises(NotAllowed):
        await talk.look(ticket, operator)
    await talk.open("Вопрос", None, HELLO, operator)
    assert await city.told(operator, UNATTENDED) == [{}], "one's own is not told"
    support = await city.person(portal=Role.SUPPORT)
    await talk.say(ticket, words("Помогите"), teacher)
    await talk.open("Вопрос", None, HELLO, support)
    assert len(await city.told(support, SAID)) == 1
    assert len(await city.told(operator, UNATTENDED)) == 2, "the only one of support cannot answer themselves"


async def test_two_take_a_ticket_in_the_same_instant(city, talk, desk, support, colleague, teacher):
    for _ in range(6):
        ticket = (await talk.open("Вопрос", None, HELLO, await city.person())).id
        outcomes = await asyncio.gather(
            desk.take(ticket, None, support), desk.take(ticket, None, colleague), return_exceptions=True
        )
        [lost] = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert isinstance(lost, TakenByOther)
        taker = await city.one(select(Ticket.taken_by).where(Ticket.id == ticket))
        assert lost.view.taken_by_id == taker


async def test_two_answer_a_ticket_in_the_same_instant(city, talk, support, colleague):
    for _ in range(6):
        teacher = await city.person()
        ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
        outcomes = await asyncio.gather(
            talk.say(ticket, words("Первый"), support),
            talk.say(ticket, words("Второй"), colleague),
            return_exceptions=True,
        )
        assert sum(isinstance(outcome, TakenByOther) for outcome in outcomes) == 1
        assert len(await city.told(teacher, SAID)) == 1


async def test_a_ticket_is_taken_over_from_the_one_it_was_drawn_for(city, talk, desk, support, colleague, teacher):
    ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
    await desk.take(ticket, None, support)
    with pytest.raises(TakenByOther):
        await talk.say(ticket, words("Ответ"), colleague)
    with pytest.raises(TakenByOther):
        await talk.close(ticket, 10**9, colleague)
    assert (await desk.take(ticket, support.id, colleague)).is_taker
    assert await city.told(support, TAKEN) == [{"ticket_id": ticket}]
    with pytest.raises(TakenByOther):
        await desk.take(ticket, None, support)
    assert (await desk.take(ticket, None, colleague)).is_taker, "one's own: a second tap changes nothing"


async def test_closing_against_a_new_question_loses_no_word(city, talk, support):
    for _ in range(6):
        teacher = await city.person()
        ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
        seen = (await talk.look(ticket, support)).newest
        outcomes: Any = await asyncio.gather(
            talk.close(ticket, seen, support), talk.say(ticket, words("Ещё вопрос"), teacher), return_exceptions=True
        )
        closed, said = outcomes
        if isinstance(closed, DomainError):
            assert isinstance(closed, TicketMoved)
            assert said.passed_on
        else:
            assert not said.passed_on, "the person is told, and can write again"
        stage = (await talk.look(ticket, teacher)).stage
        assert (stage is Stage.CLOSED) is not said.passed_on


async def test_what_was_not_seen_is_not_closed(clock, talk, support, teacher):
    ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
    seen = (await talk.look(ticket, support)).newest
    await talk.say(ticket, words("Ещё"), teacher)
    for call in (talk.to_close(ticket, seen, support), talk.close(ticket, seen, support)):
        with pytest.raises(TicketMoved) as moved:
            await call
        assert moved.value.view.lines[-1].text == "Ещё"
    seen = (await talk.look(ticket, support)).newest
    assert (await talk.close(ticket, seen, support)).stage is Stage.CLOSED
    with pytest.raises(TicketMoved):
        await talk.close(ticket, seen, support)


async def test_the_last_word_closes(city, talk, support, teacher):
    ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
    passed = await talk.say(ticket, words("Готово"), support, closing=True)
    assert (passed.passed_on, passed.closed, passed.ticket.stage) == (True, True, Stage.CLOSED)
    assert await city.told(teacher, CLOSED) == [{"ticket_id": ticket}]


async def test_an_owner_closes_and_the_taker_hears(city, talk, desk, support, teacher):
    ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
    await desk.take(ticket, None, support)
    await talk.close(ticket, 0, teacher)
    assert await city.told(support, CLOSED) == [{"ticket_id": ticket}]
    assert not await city.told(teacher, CLOSED)


async def test_rated_once_closed_and_changed_for_a_week(clock, talk, support, teacher):
    ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
    with pytest.raises(TicketOver):
        await talk.rate(ticket, 5, teacher)
    await talk.say(ticket, words("Готово"), support, closing=True)
    assert (await talk.rate(ticket, 4, teacher)).rating == 4
    for stars in (0, 6):
        with pytest.raises(NotAllowed):
            await talk.rate(ticket, stars, teacher)
    clock.advance(timedelta(days=7))
    assert (await talk.rate(ticket, 5, teacher)).rating == 5
    clock.advance(timedelta(seconds=1))
    with pytest.raises(TicketOver):
        await talk.rate(ticket, 1, teacher)
    assert (await talk.look(ticket, support)).rating == 5


async def test_opened_again_within_a_week_and_only_on_purpose(city, clock, talk, support, teacher):
    ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
    await talk.say(ticket, words("Готово"), support, closing=True)
    await talk.rate(ticket, 2, teacher)
    clock.advance(timedelta(days=7))
    passed = await talk.say(ticket, words("ГМЦ-0417-Д"), teacher)
    assert not passed.passed_on, "a conversation that is over takes nothing in passing"
    assert (await talk.to_write(ticket, teacher)).stage is Stage.CLOSED
    passed = await talk.say(ticket, words("Не получилось"), teacher, reopening=True)
    assert (passed.passed_on, passed.ticket.stage, passed.ticket.rating) == (True, Stage.WAITS, None)
    assert len(await city.told(support, SAID)) == 2, "whoever answered hears it"


async def test_after_a_week_a_new_ticket_is_needed(city, clock, talk, support, teacher):
    ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
    await talk.say(ticket, words("Готово"), support, closing=True)
    clock.advance(timedelta(days=7, seconds=1))
    for call in (
        talk.to_write(ticket, teacher),
        talk.say(ticket, words("Поздно"), teacher, reopening=True),
        talk.say(ticket, words("Поздно"), support, reopening=True),
    ):
        with pytest.raises(TicketOver):
            await call
    assert await city.count(TicketMessage, ticket_id=ticket) == 2


async def test_so_much_a_day_and_no_more(city, clock, talk, support, teacher):
    ticket = (await talk.open("Вопрос", None, HELLO, teacher)).id
    for _ in range(MESSAGES_A_DAY - 1):
        await talk.say(ticket, words("Ещё"), teacher)
    with pytest.raises(TooManyMessages):
        await talk.say(ticket, words("Ещё"), teacher)
    await talk.say(ticket, words("Ответ"), support)
    for _ in range(TICKETS_A_DAY - 1):
        await talk.open("Вопрос", None, HELLO, teacher)
    with pytest.raises(TooManyTickets):
        await talk.open("Вопрос", None, HELLO, teacher)
    clock.advance(timedelta(days=1))
    assert (await talk.say(ticket, words("Ещё"), teacher)).passed_on
    await talk.open("Вопрос", None, HELLO, teacher)


async def test_a_long_conversation_is_read_backwards_screen_by_screen(talk, support, teacher):
    ticket = (await talk.open("Вопрос", None, words("1"), teacher)).id
    for number in range(2, 16):
        await talk.say(ticket, words(str(number)), teacher)
    view = await talk.look(ticket, support)
    shown: list[str | None] = []
    assert not view.is_past
    while True:
        shown = [line.text for line in view.lines] + shown
        if not view.has_earlier:
            break
        view = await talk.look(ticket, support, before=view.lines[0].id)
    assert shown == [str(number) for number in range(1, 16)]


async def test_what_is_cut_off_and_files_come_whole_on_request(city, talk, support, teacher):
    ticket = (await talk.open("Вопрос", None, words("я" * 1000), teacher)).id
    await talk.say(ticket, words("Коротко"), teacher)
    await talk.say(ticket, words(None, FileKind.PHOTO, "photo-id"), teacher)
    before = len(await city.told(support, SAID))
    assert await talk.show_whole(ticket, 0, support, 380) == 2
    again = (await city.told(support, SAID))[before:]
    assert [(await talk.saying(told["message_id"], support.id)).file_id for told in again] == [None, "photo-id"]
    assert await talk.show_whole(ticket, 0, teacher, 380) == 2
    own = [await talk.saying(told["message_id"], teacher.id) for told in await city.told(teacher, SAID)]
    assert [saying.is_own for saying in own] == [True, True]


async def test_one_tap_from_the_application_leads_to_the_ticket_that_is_open(city, talk):
    _, teacher, application = await enrolled(city)
    assert (await talk.asking_about(application, teacher)).open_ticket is None
    ticket = (await talk.open("Отзыв зачисления", application, HELLO, teacher)).id
    assert (await talk.asking_about(application, teacher)).open_ticket.id == ticket
    await talk.close(ticket, 0, teacher)
    assert (await talk.asking_about(application, teacher)).open_ticket is None


async def test_row_10_support_withdraws_the_enrolled_and_all_concerned_hear(city, talk, desk, support):
    provider = await city.provider()
    methodologist = await city.person(staff_of=provider)
    head, teacher, application = await enrolled(city, provider=provider)
    ticket = (await talk.open("Отзыв зачисления", application, HELLO, teacher)).id
    about = (await talk.look(ticket, support)).about
    assert about.may_withdraw
    assert not (await talk.look(ticket, teacher)).about.may_withdraw
    assert (await desk.to_withdraw(ticket, about.version, support)).id == ticket
    for reason, refusal in (("  ", TooShort), ("я" * 501, TooLong)):
        with pytest.raises(refusal):
            await desk.withdraw(ticket, about.version, reason, support)
    view = await desk.withdraw(ticket, about.version, "По просьбе учителя", support)
    assert (view.about.status, view.about.may_withdraw) == (Status.WITHDRAWN, False)
    assert await city.status(application) is Status.WITHDRAWN
    event = select(ApplicationEvent.user_id).where(
        ApplicationEvent.application_id == application, ApplicationEvent.move == Move.WITHDRAW_ENROLLED
    )
    assert await city.one(event) == support.id
    assert (await city.told(teacher, "moved"))[-1]["reason"] == "По просьбе учителя"
    for person in (methodologist, head):
        assert [told["move"] for told in await city.told(person, "moved_for_staff")] == ["withdraw_enrolled"]
    for call in (
        desk.to_withdraw(ticket, about.version, support),
        desk.withdraw(ticket, about.version, "Ещё раз", support),
    ):
        with pytest.raises(TicketMoved):
            await call


async def test_row_10_once_however_many_tap_at_once(city, talk, desk, support):
    _, teacher, application = await enrolled(city)
    ticket = (await talk.open("Отзыв зачисления", application, HELLO, teacher)).id
    outcomes = await asyncio.gather(
        *(desk.withdraw(ticket, 3, "По просьбе", support) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(outcome, TicketMoved) for outcome in outcomes) == 3
    assert await city.count(ApplicationEvent, application_id=application, move=Move.WITHDRAW_ENROLLED) == 1


async def test_an_enrolment_is_ended_only_out_of_its_own_ticket(city, talk, desk, support, colleague):
    _, teacher, application = await enrolled(city)
    other = (await talk.open("Вопрос", None, HELLO, teacher)).id
    with pytest.raises(NotAllowed):
        await desk.withdraw(other, 3, "Причина", support)
    ticket = (await talk.open("Отзыв зачисления", application, HELLO, teacher)).id
    await desk.take(ticket, None, colleague)
    with pytest.raises(TakenByOther):
        await desk.withdraw(ticket, 3, "Причина", support)
    assert await city.status(application) is Status.ENROLLED


async def test_a_waiting_application_is_offered_only_where_support_decides(city, talk, support):
    for has_head in (True, False):
        school = await city.school()
        if has_head:
            await city.person(head_of=school)
        teacher = await city.person(school)
        application = (await city.services.applications.apply(await city.course(), teacher)).application.id
        ticket = (await talk.open("Заявка", application, HELLO, teacher)).id
        assert (await talk.look(ticket, support)).about.may_decide is not has_head


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
def test_nothing_is_no_message_and_no_subject(text):
    for make in (words, subject):
        with pytest.raises(TooShort):
            make(text)


def test_a_file_without_an_id_is_none():
    assert words("Вот", FileKind.PHOTO, "").file_id is None
    with pytest.raises(TooShort):
        words("", FileKind.DOCUMENT, "")


def test_a_file_needs_no_text_and_a_text_has_a_limit():
    assert words("  ", FileKind.PHOTO, "id").text is None
    assert words("я" * 4096).text == "я" * 4096
    with pytest.raises(TooLong):
        words("я" * 4097)
    with pytest.raises(TooLong):
        subject("я" * 101)
