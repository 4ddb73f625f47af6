"""A profile moves to whoever has its mailbox, its roles to nobody before the old chat had its say."""

import asyncio
from datetime import timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from db.outbox import FAREWELL
from db.tables import (
    AccessRequest,
    AccountEvent,
    Chat,
    Conversation,
    EmailCode,
    Notification,
    Prompt,
    Recovery,
    SchoolRole,
    User,
)
from domain.clock import Calendar
from domain.errors import (
    AlreadyRegistered,
    ChatTaken,
    CodeUnknown,
    DomainError,
    MovedByYou,
    NotAllowed,
    OwnProfile,
    PortalProfile,
    ProfileUnknown,
    RecoverySettled,
    RequestOpen,
    RequestSettled,
    TooManyCodes,
    TooShort,
    WrongCode,
)
from domain.person import Change, Purpose, Role
from domain.status import Status
from services.desk import UNATTENDED
from services.letters import SECURITY
from services.portal import open_portal
from tests.city import City

KEY = b"k" * 32
DAY = timedelta(hours=24)
_chats = count(8_000_000_001)


@pytest.fixture
def services(database, clock):
    """A portal that sends letters."""
    return open_portal(database, Calendar(ZoneInfo("Europe/Moscow"), clock.now), KEY)


@pytest.fixture
def city(database, services):
    """What became of it."""
    return City(database, services)


@pytest.fixture
def new_chat():
    """Somebody's new Telegram account."""
    return next(_chats)


async def asked(city, email, chat_id):
    """A code on its way: its id and what the letter says."""
    code_id = await city.services.emails.begin(chat_id, email, Purpose.RECOVER)
    letter = await city.services.emails.code_letter(code_id)
    return code_id, letter.code


async def recover(city, person, chat_id):
    code_id, code = await asked(city, person.email, chat_id)
    return await city.services.recovery.recover(code_id, chat_id, code)


async def registers_anew(city, chat_id):
    """Somebody begins from nothing, with another address."""
    email = f"anew{chat_id}@example.org"
    code_id = await city.services.emails.begin(chat_id, email, Purpose.REGISTER)
    letter = await city.services.emails.code_letter(code_id)
    await city.services.emails.prove(code_id, chat_id, letter.code)
    await city.services.people.register(chat_id, "Другая Анна", None, "Учитель", None, email=email, code_id=code_id)


async def who(city, chat_id):
    return (await city.services.people.arrive(chat_id)).person


async def history(city, person):
    statement = select(AccountEvent.change).where(AccountEvent.user_id == person.id).order_by(AccountEvent.id)
    async with city.database.read() as connection:
        return list((await connection.execute(statement)).scalars())


async def notes_to(city, chat_id):
    statement = select(Notification.kind).where(Notification.chat_id == chat_id).order_by(Notification.id)
    async with city.database.read() as connection:
        return list((await connection.execute(statement)).scalars())


async def letters_of(city):
    statement = (
        select(Notification.payload).where(Notification.kind.in_((SECURITY, FAREWELL))).order_by(Notification.id)
    )
    async with city.database.read() as connection:
        return [payload["change"] for payload in (await connection.execute(statement)).scalars()]


async def the_move(city, person):
    """The newest move's id."""
    return await city.one(
        select(Recovery.id).where(Recovery.user_id == person.id).order_by(Recovery.id.desc()).limit(1)
    )


async def open_prompts(city, person):
    statement = select(Prompt.chat_id).where(Prompt.user_id == person.id, Prompt.open)
    async with city.database.read() as connection:
        return sorted((await connection.execute(statement)).scalars())


def another(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def together(*calls):
    """All at once: what they returned or raised."""
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, DomainError):
            raise outcome
    return outcomes


@pytest.fixture
async def teacher(city):
    """A teacher without another role."""
    return await city.person(await city.school())


@pytest.fixture
async def head(city):
    """The only approver of a school, with an application that waits."""
    school = await city.school()
    head = await city.person(school, head_of=school)
    await city.services.applications.apply(await city.course(), await city.person(school))
    return head


@pytest.fixture
async def support(city):
    """Somebody of support."""
    return await city.person(portal=Role.SUPPORT)


async def test_the_right_code_moves_the_profile_and_the_old_chat_loses_it_at_once(city, teacher, new_chat):
    async with city.database.write() as tx:
        row = {"state": "Profile:school", "answers": {"a": 1}, "updated_at": city.services.calendar.now()}
        await tx.execute(insert(Conversation).values(chat_id=teacher.chat_id, **row))
    done = await recover(city, teacher, new_chat)
    assert (done.person.id, done.roles) == (teacher.id, ())
    assert (await who(city, new_chat)).id == teacher.id
    assert await who(city, teacher.chat_id) is None
    assert await city.count(Conversation, chat_id=teacher.chat_id) == 0
    assert await notes_to(city, teacher.chat_id) == ["moved_away", "menu"]
    assert await history(city, teacher) == [Change.REGISTERED, Change.MOVED]
    assert await letters_of(city) == ["moved"]


async def test_roles_are_held_until_the_old_chat_agrees_and_prompts_follow_them(city, head, new_chat, clock):
    done = await recover(city, head, new_chat)
    assert done.roles == (Role.HEAD,)
    assert not (await who(city, new_chat)).approver
    assert await open_prompts(city, head) == []
    clock.advance(timedelta(minutes=1))
    agreed = await city.services.recovery.agree(await the_move(city, head), head.chat_id)
    assert agreed.roles == (Role.HEAD,)
    assert (await who(city, new_chat)).approver
    assert await open_prompts(city, head) == [new_chat]
    assert (await history(city, head))[-1] is Change.ROLES_FOLLOWED
    assert await letters_of(city) == ["moved", "roles_followed"]


async def test_while_the_only_approver_is_held_support_stands_in(city, head, new_chat, support, clock):
    assert await open_prompts(city, support) == []
    await recover(city, head, new_chat)
    assert await open_prompts(city, support) == [support.chat_id]
    clock.advance(DAY)
    await city.services.recovery.follow_due()
    assert await open_prompts(city, support) == []


async def test_a_day_of_silence_gives_the_roles_back_once_however_often_the_clock_looks(city, head, new_chat, clock):
    await recover(city, head, new_chat)
    clock.advance(DAY - timedelta(seconds=1))
    assert await city.services.recovery.follow_due() == 0
    assert not (await who(city, new_chat)).approver
    clock.advance(timedelta(days=30))  # late, and twice
    assert sorted(await asyncio.gather(*(city.services.recovery.follow_due() for _ in range(3)))) == [0, 0, 1]
    assert (await who(city, new_chat)).approver
    assert len(await city.told(head, "roles_followed")) == 1
    with pytest.raises(RecoverySettled):
        await city.services.recovery.stop(await the_move(city, head), head.chat_id)


async def test_a_role_given_anew_is_in_force_while_the_others_wait(city, new_chat):
    school = "Гимназия у реки"
    person = await city.person(head_of=await city.school(school), portal=Role.OPERATOR)
    moved = (await recover(city, person, new_chat)).person
    token = await city.services.invitations.invite(Role.HEAD, school=school)
    await city.services.people.accept_invitation(token, moved)
    now = await who(city, new_chat)
    assert now.approver
    assert not now.operator


async def test_all_kinds_of_roles_are_held_the_last_operators_too(city, new_chat, clock):
    person = await city.person(staff_of=await city.provider(), portal=Role.OPERATOR)
    done = await recover(city, person, new_chat)
    assert set(done.roles) == {Role.PROVIDER, Role.OPERATOR}
    now = await who(city, new_chat)
    assert not now.operator
    assert not now.provider_staff
    clock.advance(DAY)
    await city.services.recovery.follow_due()
    now = await who(city, new_chat)
    assert now.operator
    assert now.provider_staff


async def test_it_is_not_me_brings_the_profile_back_and_its_address_proves_nothing_more(city, head, new_chat, clock):
    await recover(city, head, new_chat)
    clock.advance(timedelta(days=2))  # before the clock has looked
    stopped = await city.services.recovery.stop(await the_move(city, head), head.chat_id)
    assert stopped.person.id == head.id
    assert stopped.person.approver
    assert not stopped.person.email_proved
    assert await who(city, new_chat) is None
    assert await open_prompts(city, head) == [head.chat_id]
    assert "move_stopped" in await notes_to(city, new_chat)
    assert (await history(city, head))[-1] is Change.MOVE_STOPPED
    code_id, code = await asked(city, head.email, next(_chats))
    assert await city.services.recovery.recover(code_id, (await last_code(city)).chat_id, code) is None
    assert await letters_of(city) == ["moved", "move_stopped"]


async def last_code(city):
    statement = select(EmailCode.id, EmailCode.chat_id).order_by(EmailCode.id.desc()).limit(1)
    async with city.database.read() as connection:
        return (await connection.execute(statement)).one()


async def test_it_is_not_me_also_takes_back_an_address_that_was_changed_meanwhile(city, teacher, new_chat):
    await recover(city, teacher, new_chat)
    async with city.database.write() as tx:
        changed = {"email": "thief@example.org", "email_key": "thief@example.org"}
        await tx.execute(update(User).where(User.id == teacher.id).values(changed))
    await city.services.recovery.stop(await the_move(city, teacher), teacher.chat_id)
    assert await city.one(select(User.email_key).where(User.id == teacher.id)) is None


async def test_where_the_old_chat_has_another_profile_it_is_taken_away_and_waits_for_support(
    city, head, new_chat, support, clock
):
    await recover(city, head, new_chat)
    await registers_anew(city, head.chat_id)
    stopped = await city.services.recovery.stop(await the_move(city, head), head.chat_id)
    assert stopped.person is None
    assert await who(city, new_chat) is None
    assert await city.count(Chat, user_id=head.id) == 0
    assert await city.one(select(SchoolRole.held).where(SchoolRole.user_id == head.id))
    another_chat = next(_chats)
    await city.services.access.ask(another_chat, "Это я, директор")
    await city.services.access.move(await request_of(city, another_chat), head.id, "Позвонили", support)
    assert (await who(city, another_chat)).id == head.id
    clock.advance(DAY)
    await city.services.recovery.follow_due()
    assert (await who(city, another_chat)).approver


async def test_only_the_old_chat_has_a_word_and_the_answer_is_the_same_where_there_is_no_move(
    city, head, teacher, new_chat
):
    await recover(city, head, new_chat)
    move = await the_move(city, head)
    for chat_id in (new_chat, teacher.chat_id, next(_chats)):
        for number in (move, move + 100):
            for word in (city.services.recovery.agree, city.services.recovery.stop):
                with pytest.raises(NotAllowed):
                    await word(number, chat_id)
    assert not (await who(city, new_chat)).approver


async def test_a_second_move_takes_the_place_of_the_first_and_asks_the_same_old_chat(city, head, new_chat, clock):
    await recover(city, head, new_chat)
    first = await the_move(city, head)
    clock.advance(timedelta(hours=23))
    third = next(_chats)
    await recover(city, head, third)
    assert await who(city, new_chat) is None
    assert "moved_on" in await notes_to(city, new_chat)
    assert (await notes_to(city, head.chat_id)).count("moved_away") == 2
    with pytest.raises(RecoverySettled):  # an old «Это я» says nothing of the new move
        await city.services.recovery.agree(first, head.chat_id)
    clock.advance(timedelta(hours=2))
    assert await city.services.recovery.follow_due() == 0  # its own 24 hours
    assert not (await who(city, third)).approver
    with pytest.raises(NotAllowed):  # the chat in between was never sure to be the owner's
        await city.services.recovery.stop(await the_move(city, head), new_chat)
    assert (await city.services.recovery.stop(await the_move(city, head), head.chat_id)).person.id == head.id


async def test_back_in_the_old_chat_by_a_code_nothing_is_held(city, head, new_chat, clock):
    await recover(city, head, new_chat)
    clock.advance(timedelta(minutes=2))
    back = await recover(city, head, head.chat_id)
    assert back.person.approver
    assert back.roles == ()
    assert await city.count(Recovery, user_id=head.id, settled_at=None) == 0
    assert await open_prompts(city, head) == [head.chat_id]


async def test_a_chat_with_a_profile_takes_no_other(city, teacher, head):
    code_id, code = await asked(city, teacher.email, head.chat_id)
    with pytest.raises(AlreadyRegistered):
        await city.services.recovery.recover(code_id, head.chat_id, code)
    assert (await who(city, teacher.chat_id)).id == teacher.id
    assert (await who(city, head.chat_id)).id == head.id


async def test_a_known_and_an_unknown_address_are_answered_alike_until_the_code(city, teacher, database):
    known, unknown = next(_chats), next(_chats)
    seen = []
    for chat_id, email in ((known, teacher.email), (unknown, "nobody@example.org")):
        code_id, code = await asked(city, email, chat_id)
        letter = await city.services.emails.code_letter(code_id)
        with pytest.raises(WrongCode) as refusal:
            await city.services.recovery.recover(code_id, chat_id, another(code))
        seen.append((letter.purpose, refusal.value.left))
        if chat_id == unknown:
            assert await city.services.recovery.recover(code_id, chat_id, code) is None
            with pytest.raises(CodeUnknown):
                await city.services.recovery.recover(code_id, chat_id, code)
    assert seen[0] == seen[1]
    assert len(await city.told(teacher)) == 1  # the menu of the registration: the owner hears of no request


async def test_all_tries_are_counted_over_all_chats(city, teacher, clock):
    """Five codes a day for an address, five tries each: whoever has many chats has no more."""
    tries = 0
    for _ in range(5):
        chat_id = next(_chats)
        code_id, code = await asked(city, teacher.email, chat_id)
        refusals = await asyncio.gather(
            *(city.services.recovery.recover(code_id, chat_id, another(code)) for _ in range(8)),
            return_exceptions=True,
        )
        tries += sum(isinstance(refusal, WrongCode) for refusal in refusals)
        with pytest.raises(CodeUnknown):  # the right one comes too late
            await city.services.recovery.recover(code_id, chat_id, code)
    assert tries == 25
    with pytest.raises(TooManyCodes):
        await asked(city, teacher.email, next(_chats))


async def test_many_chats_that_ask_in_the_same_instant_get_no_more_codes(city, teacher):
    outcomes = await together(
        *(city.services.emails.begin(next(_chats), teacher.email, Purpose.RECOVER) for _ in range(12))
    )
    assert sum(isinstance(outcome, TooManyCodes) for outcome in outcomes) == 7


async def test_a_code_is_good_once_in_its_chat_for_its_purpose_and_its_quarter_of_an_hour(
    city, teacher, new_chat, clock
):
    code_id, code = await asked(city, teacher.email, new_chat)
    with pytest.raises(CodeUnknown):
        await city.services.recovery.recover(code_id, next(_chats), code)
    clock.advance(timedelta(minutes=15))
    with pytest.raises(CodeUnknown):
        await city.services.recovery.recover(code_id, new_chat, code)
    registering = await city.services.emails.begin(new_chat, teacher.email, Purpose.REGISTER)
    code = (await city.services.emails.code_letter(registering)).code
    with pytest.raises(CodeUnknown):
        await city.services.recovery.recover(registering, new_chat, code)
    clock.advance(timedelta(minutes=2))
    code_id, code = await asked(city, teacher.email, new_chat)
    await city.services.recovery.recover(code_id, new_chat, code)
    for chat_id in (new_chat, teacher.chat_id):
        with pytest.raises(CodeUnknown):
            await city.services.recovery.recover(code_id, chat_id, code)


@pytest.mark.parametrize("round_", range(3))
async def test_of_two_chats_with_right_codes_in_the_same_instant_one_wins(city, head, round_):
    chats = [next(_chats), next(_chats)]
    codes = [await asked(city, head.email, chat_id) for chat_id in chats]
    outcomes = await together(
        *(
            city.services.recovery.recover(code_id, chat_id, code)
            for chat_id, (code_id, code) in zip(chats, codes, strict=True)
        )
    )
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, DomainError)] == [CodeUnknown]
    assert await city.count(Chat, user_id=head.id) == 1
    assert await city.count(Recovery, user_id=head.id) == 1
    assert await history(city, head) == [Change.REGISTERED, Change.MOVED]


@pytest.mark.parametrize("round_", range(3))
async def test_it_is_not_me_against_the_clock_and_it_is_me_in_the_same_instant(city, head, new_chat, clock, round_):
    await recover(city, head, new_chat)
    move = await the_move(city, head)
    clock.advance(DAY)
    recovery = city.services.recovery
    outcomes = await together(
        recovery.stop(move, head.chat_id), recovery.follow_due(), recovery.agree(move, head.chat_id)
    )
    events = await history(city, head)
    assert len(events) == 3
    assert events[-1] in {Change.MOVE_STOPPED, Change.ROLES_FOLLOWED}
    place = head.chat_id if events[-1] is Change.MOVE_STOPPED else new_chat
    assert (await who(city, place)).approver
    assert await open_prompts(city, head) == [place]
    won = [outcome for outcome in outcomes if not isinstance(outcome, RecoverySettled) and outcome != 0]
    assert len(won) == 1


async def test_a_clock_that_steps_back_and_forth_settles_nothing_twice_and_revives_no_code(city, head, new_chat, clock):
    late_chat = next(_chats)
    late_id, late_code = await asked(city, head.email, late_chat)
    await recover(city, head, new_chat)
    clock.advance(-timedelta(minutes=10))
    with pytest.raises(CodeUnknown):  # void since the move, though its time seems to run
        await city.services.recovery.recover(late_id, late_chat, late_code)
    clock.advance(-timedelta(days=3))
    assert await city.services.recovery.follow_due() == 0
    clock.advance(timedelta(days=5))
    assert await city.services.recovery.follow_due() == 1
    clock.advance(-timedelta(days=5))
    with pytest.raises(RecoverySettled):
        await city.services.recovery.stop(await the_move(city, head), head.chat_id)
    assert await city.services.recovery.follow_due() == 0
    assert (await who(city, new_chat)).approver


async def test_the_database_itself_allows_one_unsettled_move_a_person(city, head, new_chat):
    from db import recovery

    await recover(city, head, new_chat)
    now = city.services.calendar.now()
    async with city.database.write() as tx:
        again = await recovery.begin(tx, head.id, old_chat_id=None, new_chat_id=1, now=now, roles_at=now)
    assert again is None


# Support


async def request_of(city, chat_id):
    return await city.one(
        select(AccessRequest.id).where(AccessRequest.chat_id == chat_id).order_by(AccessRequest.id.desc()).limit(1)
    )


async def test_a_stranger_asks_once_and_support_is_told(city, support, new_chat):
    with pytest.raises(TooShort):
        await city.services.access.ask(new_chat, "  ")
    outcomes = await together(*(city.services.access.ask(new_chat, "Я Анна, потеряла телефон") for _ in range(3)))
    assert sum(isinstance(outcome, RequestOpen) for outcome in outcomes) == 2
    request = await request_of(city, new_chat)
    assert await city.told(support, "access_asked") == [{"request": request}]
    page = await city.services.access.waiting(0, support)
    assert [line.id for line in page.lines] == [request]
    assert [line.waiting for line in await city.services.desk.work(support)] == [0, 1, 0]


async def test_where_support_has_nobody_operators_hear_that_a_lost_profile_waits_and_not_what_it_says(city, new_chat):
    operator = await city.person(portal=Role.OPERATOR)
    await city.services.access.ask(new_chat, "Я Анна, потеряла телефон")
    assert await city.told(operator, UNATTENDED) == [{}]
    with pytest.raises(NotAllowed):
        await city.services.access.request(await request_of(city, new_chat), operator)


async def test_support_moves_a_profile_for_a_reason_and_its_roles_are_held_all_the_same(
    city, head, support, new_chat, clock
):
    await city.services.access.ask(new_chat, "Я директор, нет ни телефона, ни почты")
    request = await request_of(city, new_chat)
    await city.services.access.move(request, head.id, "Позвонили в школу", support)
    assert (await who(city, new_chat)).id == head.id
    assert not (await who(city, new_chat)).approver
    assert "moved_away" in await notes_to(city, head.chat_id)
    [answer] = await city.told(head, "access_answered")
    assert answer["reason"] == "Позвонили в школу"
    moved = select(AccountEvent.by_id, AccountEvent.note).where(AccountEvent.change == Change.MOVED_BY_SUPPORT)
    async with city.database.read() as connection:
        assert (await connection.execute(moved)).one() == (support.id, "Позвонили в школу")
    assert await letters_of(city) == ["moved_by_support"]
    with pytest.raises(RequestSettled):
        await city.services.access.move(request, head.id, "Ещё раз", support)
    clock.advance(DAY)
    await city.services.recovery.follow_due()
    assert (await who(city, new_chat)).approver


async def test_whoever_moved_a_profile_does_not_confirm_its_roles_but_a_colleague_does(city, head, support, new_chat):
    await city.services.access.ask(new_chat, "Я директор")
    await city.services.access.move(await request_of(city, new_chat), head.id, "Позвонили", support)
    move = await the_move(city, head)
    with pytest.raises(MovedByYou):
        await city.services.access.settle(move, "Верю", support, agree=True)
    colleague = await city.person(portal=Role.SUPPORT)
    assert [line.id for line in (await city.services.access.holds(0, colleague)).lines] == [move]
    assert (await city.services.access.hold(move, colleague)).roles == (Role.HEAD,)
    with pytest.raises(TooShort):
        await city.services.access.settle(move, " ", colleague, agree=True)
    await city.services.access.settle(move, "Видел паспорт", colleague, agree=True)
    assert (await who(city, new_chat)).approver
    assert (await city.services.access.holds(0, colleague)).total == 0
    with pytest.raises(RecoverySettled):
        await city.services.access.settle(move, "Поздно", support, agree=False)


async def test_support_stops_a_move_and_both_chats_hear_of_it(city, head, support, new_chat):
    await recover(city, head, new_chat)
    await city.services.access.settle(await the_move(city, head), "Владелец позвонил", support, agree=False)
    assert (await who(city, head.chat_id)).approver
    assert await who(city, new_chat) is None
    assert await city.told(head, "returned") == [{"reason": "Владелец позвонил"}]
    assert "move_stopped" in await notes_to(city, new_chat)


async def test_support_makes_nobody_support_or_operator_and_does_not_move_itself(city, support, new_chat):
    await city.services.access.ask(new_chat, "Я оператор, пустите")
    request = await request_of(city, new_chat)
    for role in (Role.OPERATOR, Role.SUPPORT):
        colleague = await city.person(portal=role)
        with pytest.raises(PortalProfile):
            await city.services.access.to_move(request, colleague.id, support)
        with pytest.raises(PortalProfile):
            await city.services.access.move(request, colleague.id, "Верю", support)
    with pytest.raises(OwnProfile):
        await city.services.access.move(request, support.id, "Это же я", support)
    operator = await city.person(portal=Role.OPERATOR)
    await recover(city, operator, next(_chats))
    with pytest.raises(PortalProfile):
        await city.services.access.settle(await the_move(city, operator), "Верю", support, agree=True)


async def test_two_of_support_answer_one_request_in_the_same_instant(city, teacher, head, support, new_chat):
    colleague = await city.person(portal=Role.SUPPORT)
    await city.services.access.ask(new_chat, "Я Анна")
    request = await request_of(city, new_chat)
    access = city.services.access
    outcomes = await together(
        access.move(request, teacher.id, "Похоже", support),
        access.move(request, head.id, "Похоже", colleague),
        access.refuse(request, "Не похоже", colleague),
    )
    assert sum(isinstance(outcome, RequestSettled) for outcome in outcomes) == 2
    assert await city.count(AccessRequest, settled_at=None) == 0
    moved = [person for person in (teacher, head) if Change.MOVED_BY_SUPPORT in await history(city, person)]
    assert len(moved) <= 1
    here = await who(city, new_chat)
    assert (here and here.id) == (moved[0].id if moved else None)


async def test_a_refusal_is_told_with_its_reason_and_one_may_ask_again(city, support, new_chat):
    await city.services.access.ask(new_chat, "Пустите")
    await city.services.access.refuse(await request_of(city, new_chat), "Не назвали школу", support)
    assert await notes_to(city, new_chat) == ["access_answered"]
    await city.services.access.ask(new_chat, "Школа № 1")
    assert await city.count(AccessRequest, chat_id=new_chat) == 2


async def test_whoever_registered_anew_meanwhile_gets_no_second_profile(city, teacher, support, new_chat):
    await city.services.access.ask(new_chat, "Я Анна")
    await registers_anew(city, new_chat)
    with pytest.raises(ChatTaken):
        await city.services.access.move(await request_of(city, new_chat), teacher.id, "Она", support)
    assert (await who(city, teacher.chat_id)).id == teacher.id
    assert await city.count(AccessRequest, settled_at=None) == 1


async def test_a_request_is_closed_when_the_mailbox_is_found_after_all(city, teacher, support, new_chat):
    await city.services.access.ask(new_chat, "Я Анна")
    await recover(city, teacher, new_chat)
    assert (await city.services.access.waiting(0, support)).total == 0


async def test_support_finds_people_by_name_school_and_address(city, support, new_chat):
    school = await city.school("Лицей № 31417")
    anna = await city.person(school, name="Берёзкина-Лось Анна")
    await city.services.access.ask(new_chat, "Я Анна")
    request = await request_of(city, new_chat)
    for text in ("березкина", "берёзкина-лось анна", "31417", "Анна 31417", anna.email, anna.email.upper()):
        found, more = await city.services.access.find(request, text, support)
        assert [(line.id, line.school) for line in found] == [(anna.id, "Лицей № 31417")], text
        assert not more
    for text in ("%", "Анна 99999", "person@example.org", "_"):
        with pytest.raises(ProfileUnknown):
            await city.services.access.find(request, text, support)
    found, more = await city.services.access.find(request, "соколова", await city.person(portal=Role.SUPPORT))
    assert len(found) <= 8


async def test_nobody_but_support_sees_or_does_anything_at_the_desk(city, head, teacher, support, new_chat):
    await city.services.access.ask(new_chat, "Я Анна")
    request = await request_of(city, new_chat)
    await recover(city, head, next(_chats))
    move = await the_move(city, head)
    access = city.services.access
    operator = await city.person(portal=Role.OPERATOR)
    for stranger in (teacher, operator, await city.person(staff_of=await city.provider())):
        for number in (0, 1000):
            for call in (
                city.services.desk.work(stranger),
                access.waiting(0, stranger),
                access.request(request + number, stranger),
                access.find(request + number, "Анна", stranger),
                access.to_move(request + number, head.id, stranger),
                access.move(request + number, head.id, "Я", stranger),
                access.refuse(request + number, "Я", stranger),
                access.holds(0, stranger),
                access.hold(move + number, stranger),
                access.to_settle(move + number, stranger, agree=True),
                access.settle(move + number, "Я", stranger, agree=True),
            ):
                with pytest.raises(NotAllowed):
                    await call
    with pytest.raises(NotAllowed):
        await access.request(request + 1000, support)
    with pytest.raises(NotAllowed):
        await access.to_move(request, 10**6, support)
    with pytest.raises(NotAllowed):
        await access.hold(move + 1000, support)


async def test_support_whose_own_profile_moved_has_no_desk_until_the_role_follows(city, support, new_chat, clock):
    moved = (await recover(city, support, new_chat)).person
    with pytest.raises(NotAllowed):
        await city.services.desk.work(moved)
    clock.advance(DAY)
    await city.services.recovery.follow_due()
    await city.services.desk.work(moved)


async def test_an_application_decided_meanwhile_stays_decided(city, head, new_chat, clock):
    other = await city.person(head_of=head.school_id)
    await recover(city, head, new_chat)
    clock.advance(timedelta(minutes=1))
    from services.prompting import Screen

    queue = await city.services.approvals.queue(other)
    await city.services.approvals.approve(queue.first[0].id, 1, other, Screen(other.chat_id, 1))
    clock.advance(DAY)
    await city.services.recovery.follow_due()
    assert await open_prompts(city, head) == []
    assert await city.status(queue.first[0].id) is Status.APPROVED
