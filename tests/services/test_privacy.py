"""What is kept about a person can be had whole, and gone whole."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Text, cast, insert, select, update

from db.tables import (
    AccessRequest,
    AccountEvent,
    Application,
    ApplicationEvent,
    Base,
    Chat,
    Consent,
    Conversation,
    EmailCode,
    Favourite,
    Invitation,
    Notification,
    PortalStaff,
    Prompt,
    Record,
    Recovery,
    SchoolRefusal,
    SchoolRole,
    Search,
    Setting,
    Ticket,
    TicketMessage,
    Update,
    Upload,
    User,
)
from db.traces import FREE_TEXTS, TRACES, Fate
from domain.catalogue import Funding
from domain.errors import AlreadyDecided, JustMoved, LastOperator, NotAllowed, StillEnrolled, TooManyExports
from domain.person import REMOVED_NAME, Change, Person, Purpose, Role
from domain.settings import Name
from domain.status import Move, Status
from services.people import CONSENT_VERSION
from services.views import ApplicationView
from texts import my_data
from texts.approvals import OUR_WORDS

NAME = "Берёзкина Мария Ивановна"
WORDS = "слова самой Марии"


def refers_to_a_person(column: Any) -> bool:
    return "chat_id" in column.name or any(key.column.table.name == "users" for key in column.foreign_keys)


def test_every_column_that_refers_to_a_person_is_exported_and_has_a_fate() -> None:
    covered = {(trace.table.__tablename__, name) for trace in TRACES for name in trace.by}
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if refers_to_a_person(column):
                assert (table.name, column.name) in covered, f"db/traces.py knows nothing of {column}"


def test_every_text_of_a_table_with_people_in_it_is_the_persons_own_or_looked_through_for_names() -> None:
    """A text column that names nobody is told here; any other must be in FREE_TEXTS, or its rows deleted or blanked."""
    nobodys = {
        ("access_requests", None),
        ("users", "consent_version"),
        ("invitations", "token_hash"),
        ("notifications", "key"),
        ("notifications", "kind"),
        ("notifications", "channel"),
        ("updates", "claimed_by"),
        ("updates", "failure"),
        ("fsm", "state"),
        ("settings", "name"),
        ("settings", "value"),
        ("ticket_messages", "file_kind"),
        ("ticket_messages", "file_id"),
    }
    searched = {(column.table.name, column.name) for column in FREE_TEXTS}
    for trace in TRACES:
        if trace.fate is Fate.DELETED or trace.table is Record:
            continue
        for column in trace.table.__table__.c:
            place = (column.table.name, column.name)
            if str(column.type) in {"TEXT", "JSON"} and column.name not in trace.blank and column.name != "full_name":
                assert place in searched | nobodys, place


def test_every_section_and_column_of_the_export_has_its_words() -> None:
    assert set(my_data.SECTIONS) == {trace.name for trace in TRACES}
    assert len({trace.name for trace in TRACES}) == len(TRACES)
    assert {column.name for trace in TRACES for column in trace.columns} <= set(my_data.COLUMNS)
    assert set(my_data.CHANGES) == set(Change)
    assert set(my_data.PURPOSES) == set(Purpose)


async def put(city: Any, table: Any, **values: Any) -> Any:
    async with city.database.write() as tx:
        return (
            await tx.execute(insert(table).values(**values).returning(*table.__table__.primary_key.columns))
        ).scalar()


async def life(city: Any, person: Person, head: Person) -> dict[str, int]:
    """The person leaves a trace in every table there is: how many rows each section has."""
    services, now = city.services, city.services.calendar.now()
    own, chat = {"user_id": person.id}, {"chat_id": person.chat_id}
    _, approved, completed = [
        (await services.applications.apply(await city.course(), person)).application.id for _ in range(3)
    ]
    await services.approvals.approve(approved, 1, head, None)
    await services.approvals.approve(completed, 1, head, None)
    await city.put(completed, status=Status.COMPLETED, completed_on=city.today)
    rejected = (await services.applications.apply(await city.course(), person)).application.id
    await services.approvals.reject(rejected, 1, f"{NAME} занята", head, None)
    record = {"full_name": NAME, "code": "А", "title": "Б", "provider": "В", "completed_on": city.today}
    await put(city, Record, **own, **record, application_id=completed, check_token=f"t{person.id}")
    await services.catalogue.search("вулканы", person)
    await put(city, Favourite, **own, course_id=await city.course(), created_at=now)
    await put(city, SchoolRefusal, **own, school_id=await city.school(), times=1)
    codes = {"purpose": Purpose.CHANGE, "email": "maria@example.org", "email_key": "maria@example.org", "attempts": 0}
    await put(city, EmailCode, **chat, user_id=None, **codes, created_at=now, expires_at=now)
    moved = {"new_chat_id": person.chat_id, "started_at": now, "roles_at": now, "settled_at": now}
    await put(city, Recovery, **own, **moved)
    await put(city, AccessRequest, **chat, claim=f"Я {NAME}", created_at=now)
    ticket = await put(city, Ticket, **own, subject=WORDS, created_at=now, asked_at=now, taken_by=head.id)
    await put(city, TicketMessage, ticket_id=ticket, **own, at=now, text=WORDS)
    await put(city, TicketMessage, ticket_id=ticket, user_id=head.id, at=now, text=f"Уважаемая {NAME}!")
    await put(city, Conversation, **chat, state="Registration:name", answers={"name": NAME}, updated_at=now)
    await put(city, Upload, **own, kind="courses", name=f"{NAME}.xlsx", file_id="f", created_at=now)
    update_id = person.chat_id % 2**31
    await put(city, Update, **chat, update_id=update_id, payload=NAME, received_at=now, handled_at=now)
    await put(city, Setting, name=f"norm{person.id}", value=108, changed_at=now, changed_by=person.id)
    return {"applications": 4, "records": 1, "ticket_messages": 2, "searches": 1, "favourites": 1, "updates": 1}


async def role_player(city: Any, person: Person) -> dict[str, int]:
    """The same person as a head, a methodologist, an operator and support; there is another operator."""
    now = city.services.calendar.now()
    school = await city.school()
    await city.person(portal=Role.OPERATOR)
    await put(city, SchoolRole, user_id=person.id, school_id=school, role=Role.HEAD)
    for role in (Role.OPERATOR, Role.SUPPORT):
        await put(city, PortalStaff, user_id=person.id, role=role)
    given = {"role": Role.DEPUTY, "school_id": school, "created_at": now, "expires_at": now}
    await put(city, Invitation, token_hash=f"a{person.id}", used_by=person.id, **given)
    await put(city, Invitation, token_hash=f"b{person.id}", invited_by=person.id, **given)
    teacher = await city.person(school)
    for reason in (WORDS, OUR_WORDS[0]):
        application = (await city.services.applications.apply(await city.course(), teacher)).application.id
        await city.services.approvals.reject(application, 1, reason, person, None)
    await city.services.applications.apply(await city.course(), teacher)
    ticket = await put(city, Ticket, user_id=teacher.id, subject="Вопрос", created_at=now, asked_at=now)
    async with city.database.write() as tx:
        await tx.execute(update(Ticket).where(Ticket.id == ticket).values(taken_by=person.id))
        await tx.execute(
            update(AccessRequest).where(AccessRequest.chat_id == person.chat_id).values(settled_by=person.id)
        )
    await put(city, TicketMessage, ticket_id=ticket, user_id=person.id, at=now, text=f"Отвечает {NAME}")
    await put(city, AccountEvent, user_id=teacher.id, by_id=person.id, at=now, change=Change.ROLE_GIVEN, note=NAME)
    return {"school_roles": 1, "portal_roles": 2, "decisions": 2, "moves": 6, "answers": 2, "prompts": 3}


@pytest.fixture
async def maria(city):
    """Somebody with a trace in every table."""
    school = await city.school()
    head = await city.person(head_of=school)
    person = await city.person(school, name=NAME)
    counts = await life(city, person, head)
    counts |= await role_player(city, person)
    return await city.again(person), counts, head


async def holding(city: Any, *words: str) -> set[tuple[str, str]]:
    """Every column of every table in which one of these words stands."""
    found = set()
    async with city.database.read() as connection:
        for table in Base.metadata.sorted_tables:
            for column in table.c:
                for value in (await connection.execute(select(cast(column, Text)))).scalars():
                    if value is not None and any(word in value for word in words):
                        found.add((table.name, column.name))
    return found


async def test_my_data_has_every_row_and_is_sent_three_times_a_day(city, maria, clock):
    person, counts, _ = maria
    everything = await city.services.privacy.my_data(person)
    found = {section.name: len(section.rows) for section in everything.sections}
    assert found | counts == found
    assert set(found) == {trace.name for trace in TRACES} - {"provider_roles"}
    told = json.loads(my_data.as_json(everything))
    assert {key: len(told[key]) for key in found} == found
    assert told["full_name"] == NAME
    for _ in range(2):
        await city.services.privacy.my_data(person)
    with pytest.raises(TooManyExports):
        await city.services.privacy.my_data(person)
    clock.advance(timedelta(days=1))
    assert await city.services.privacy.my_data(person)


async def test_my_data_names_nobody_else(city, maria):
    person, _, head = maria
    everything = await city.services.privacy.my_data(person)
    drawn = json.dumps(my_data.as_document(everything, ZoneInfo("Europe/Moscow")), ensure_ascii=False)
    for told in (my_data.as_json(everything).decode(), drawn):
        assert head.full_name not in told
        assert str(head.chat_id) not in told
    _, (_, pdf) = await my_data.files(everything, ZoneInfo("Europe/Moscow"))
    assert pdf.startswith(b"%PDF")


async def test_somebody_elses_rows_are_never_in_my_data(city, maria):
    stranger = await city.person()
    everything = await city.services.privacy.my_data(stranger)
    own = {"profile", "chats", "account_events", "account_changes", "notifications"}
    assert {section.name for section in everything.sections} == own
    assert NAME not in my_data.as_json(everything).decode()


async def test_a_ready_reason_of_an_operator_stays_with_the_teacher_when_whoever_chose_it_is_gone(city):
    operator = await city.person(portal=Role.OPERATOR)
    school = await city.school()
    head, teacher = await city.person(head_of=school), await city.person(school)
    await city.services.settings.change(Name.REASONS, "Сначала обновите план", operator)
    for reason in ("Сначала обновите план", "Мне так хочется"):
        application = (await city.services.applications.apply(await city.course(), teacher)).application.id
        await city.services.approvals.reject(application, 1, reason, head, None)
    await city.services.privacy.remove(head, OUR_WORDS)
    async with city.database.read() as connection:
        kept = (await connection.execute(select(Application.reason).where(Application.user_id == teacher.id))).scalars()
        assert [reason for reason in kept if reason] == ["Сначала обновите план"]


async def test_a_removed_person_is_named_nowhere_but_in_the_record_book(city, maria):
    person, _, head = maria
    email = person.email
    before = await holding(city, NAME, email, WORDS)
    assert len(before) > 12
    done = await city.services.privacy.remove(person, OUR_WORDS)
    assert (done.withdrawn, done.records, done.by_letter) == (2, 1, False)
    assert await holding(city, NAME, email) == {("records", "full_name")}
    # A reason that was told to a teacher has been told: it names nobody.
    assert await holding(city, WORDS) == {("notifications", "payload")}
    assert (await city.services.people.arrive(person.chat_id)).person is None
    async with city.database.read() as connection:
        user = (await connection.execute(select(User.__table__).where(User.id == person.id))).one()
        reasons = (await connection.execute(select(ApplicationEvent.note).where(ApplicationEvent.note != ""))).scalars()
        assert set(reasons) == {OUR_WORDS[0]}
        for table in (Chat, SchoolRole, PortalStaff, Search, Favourite, EmailCode, Recovery, Upload, Prompt):
            theirs = select(table.__table__).where(table.user_id == person.id)
            assert (await connection.execute(theirs)).all() == [], table
    assert (user.full_name, user.school_id, user.email) == (REMOVED_NAME, None, None)
    assert user.removed_at == city.services.calendar.now()
    assert [note["teacher"] for note in await city.told(head, "moved_for_staff")] == []


async def test_others_see_a_removed_user_where_the_person_was(city):
    school = await city.school()
    provider = await city.provider()
    head, staff = await city.person(head_of=school), await city.person(staff_of=provider)
    person = await city.person(school, name=NAME)
    waiting = (await city.services.applications.apply(await city.course(), person)).application.id
    paid = await city.course(funding=Funding.PAID, provider_id=provider)
    await city.services.applications.apply(paid, person)
    before = len(await city.told(head, "prompt"))
    await city.services.privacy.remove(person, OUR_WORDS)
    assert await city.status(waiting) is Status.WITHDRAWN
    assert len(await city.told(head, "prompt")) == before + 1
    (told,) = await city.told(staff, "moved_for_staff")
    assert (told["move"], told["teacher"]) == (Move.WITHDRAW, REMOVED_NAME)
    assert await city.told(staff, "digest") != []
    with pytest.raises(AlreadyDecided) as late:
        await city.services.approvals.approve(waiting, 1, head, None)
    assert late.value.view.teacher == REMOVED_NAME


async def test_a_namesake_keeps_what_is_said_of_their_own_application(city):
    provider = await city.provider()
    staff = await city.person(staff_of=provider)
    person, namesake = await city.person(name=NAME), await city.person(name=NAME)
    course = await city.course(funding=Funding.PAID, provider_id=provider)
    application = (await city.services.applications.apply(course, namesake)).application.id
    await city.services.applications.withdraw(application, 1, namesake)
    await city.services.privacy.remove(person, OUR_WORDS)
    assert [told["teacher"] for told in await city.told(staff, "moved_for_staff")] == [NAME]


async def test_while_enrolled_a_profile_stays_and_nothing_is_touched(city):
    school = await city.school()
    person = await city.person(school, name=NAME)
    course = await city.course()
    enrolled = (await city.services.applications.apply(course, person)).application.id
    await city.put(enrolled, status=Status.ENROLLED)
    waiting = (await city.services.applications.apply(await city.course(), person)).application.id
    removal = await city.services.privacy.to_remove(person)
    assert removal.enrolled == (await city.code_of(course),)
    assert not removal.is_possible
    with pytest.raises(StillEnrolled):
        await city.services.privacy.remove(person, OUR_WORDS)
    assert await city.status(waiting) is Status.PENDING
    assert (await city.again(person)).full_name == NAME


async def test_whoever_opened_a_mailbox_neither_has_everything_nor_ends_it_until_the_move_is_settled(city):
    person, privacy = await city.person(name=NAME), city.services.privacy
    now = city.services.calendar.now()
    await put(city, Recovery, user_id=person.id, new_chat_id=person.chat_id, started_at=now, roles_at=now)
    for wanted in (privacy.my_data(person), privacy.to_remove(person), privacy.remove(person, OUR_WORDS)):
        with pytest.raises(JustMoved):
            await wanted
    async with city.database.write() as tx:
        await tx.execute(update(Recovery).where(Recovery.user_id == person.id).values(settled_at=now))
    assert (await privacy.to_remove(person)).is_possible


async def test_the_last_operator_stays_also_when_two_leave_at_once(city):
    first, second = await city.person(portal=Role.OPERATOR), await city.person(portal=Role.OPERATOR)
    privacy = city.services.privacy
    assert (await privacy.to_remove(first)).is_possible
    ends = await asyncio.gather(
        *(privacy.remove(person, OUR_WORDS) for person in (first, second)), return_exceptions=True
    )
    assert sorted(type(end).__name__ for end in ends) == ["LastOperator", "Removed"]
    assert LastOperator in {type(end) for end in ends}
    assert await city.count(PortalStaff, role=Role.OPERATOR) == 1


async def test_a_sole_head_is_told_and_what_waits_goes_to_support(city):
    school = await city.school("Школа № 77")
    head, support = await city.person(head_of=school), await city.person(portal=Role.SUPPORT)
    teacher = await city.person(school)
    await city.services.applications.apply(await city.course(), teacher)
    assert await city.told(support, "prompt") == []
    assert (await city.services.privacy.to_remove(head)).left_alone == ("Школа № 77",)
    await city.services.privacy.remove(head, OUR_WORDS)
    assert len(await city.told(support, "prompt")) == 1


async def test_two_taps_in_one_instant_remove_one_profile_and_an_application_never_outlives_it(city):
    person, course = await city.person(), await city.course(funding=Funding.PAID)
    privacy, applications = city.services.privacy, city.services.applications
    ends = await asyncio.gather(
        privacy.remove(person, OUR_WORDS),
        applications.apply(course, person),
        privacy.remove(person, OUR_WORDS),
        return_exceptions=True,
    )
    assert sum(isinstance(end, NotAllowed) for end in ends) in {1, 2}
    async with city.database.read() as connection:
        states = (await connection.execute(select(Application.status))).scalars().all()
    assert set(states) <= {Status.WITHDRAWN}
    assert await city.count(AccountEvent, user_id=person.id, change=Change.REMOVED) == 1


async def test_an_approval_in_the_same_instant_does_not_save_an_application(city):
    school = await city.school()
    head, person = await city.person(head_of=school), await city.person(school)
    application = (await city.services.applications.apply(await city.course(), person)).application.id
    await asyncio.gather(
        city.services.approvals.approve(application, 1, head, None),
        city.services.privacy.remove(person, OUR_WORDS),
        return_exceptions=True,
    )
    assert await city.status(application) is Status.WITHDRAWN


async def test_the_chat_is_a_strangers_and_may_register_anew(city):
    person = await city.person(name=NAME)
    await city.services.privacy.remove(person, OUR_WORDS)
    again = await city.person(name="Новая Анна", chat_id=person.chat_id)
    assert again.id != person.id
    view = await city.services.applications.mine(0, again)
    assert view.total == 0
    assert not isinstance(view, ApplicationView)


async def test_the_text_one_agreed_to_is_kept_as_it_was(city, clock):
    person = await city.person()
    await city.services.privacy.keep_consent("Первый текст")
    clock.advance(timedelta(days=1))
    await city.services.privacy.keep_consent("Другой текст")
    given = await city.services.privacy.consent(person)
    assert (given.version, given.text) == (CONSENT_VERSION, "Первый текст")
    assert await city.count(Consent) == 1
    assert await city.count(Notification, user_id=person.id) == 1
