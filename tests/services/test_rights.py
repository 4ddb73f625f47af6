"""Every use case, walked by every kind of person with somebody else's things: nothing happens that the portal's rules
do not allow, and the answer is the same whether the thing exists or not."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import select, update

from db.tables import (
    AccessRequest,
    Base,
    Conversation,
    Invitation,
    PortalStaff,
    ProviderStaff,
    Recovery,
    SchoolRole,
    Search,
    Setting,
    Update,
)
from domain.errors import DomainError, NotAllowed, NothingWaits, SearchGone
from domain.filtering import Kind as FilterKind
from domain.person import Person, Role
from domain.roles import RolePlace
from domain.settings import Name
from domain.status import Move
from domain.tickets import words
from domain.uploads import Kind
from services.imports import silent
from services.portal import Services
from services.prompting import Screen
from services.uploads import Sent
from services.views import Found
from tests.city import City
from tests.files import csv_file

SCHOOLS: Final = csv_file([["Название", "Округ"], ["Школа № 7777", "Северный"]])
ENROLMENTS: Final = csv_file([["№ заявки", "Группа"], [1, "1"]])
MISSING: Final = 2_000_000_000
"""An id that nothing has."""
NOT_THEIRS: Final = (Conversation, Update, Search, Setting)
"""Tables that no use case here is to leave alone: conversations, the intake, one's own searches."""


@dataclass(frozen=True, slots=True)
class World:
    """What there is to reach for. `things` are ids by name; every one of them is somebody else's to most people."""

    services: Services
    cast: dict[str, Person]
    things: dict[str, int]

    def without(self) -> "World":
        """The same services, where nothing that is asked for exists."""
        return replace(self, things=dict.fromkeys(self.things, MISSING))


Attempt = Callable[[World, Person], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Reach:
    """A use case that names something, how it is called, and who of the cast may do it."""

    method: str
    call: Attempt
    may: frozenset[str]
    refusals: tuple[type[DomainError], ...] = (NotAllowed,)


def reach(method: str, may: str, call: Attempt, refusals: tuple[type[DomainError], ...] = (NotAllowed,)) -> Reach:
    """`may`: names of the cast, with spaces between."""
    return Reach(method, call, frozenset(may.split()), refusals)


def screen(by: Person) -> Screen:
    return Screen(by.chat_id, 1)


APPROVERS: Final = "head admin deputy"
STAFF: Final = "staff"
SUPPORT: Final = "support"
OPERATOR: Final = "operator"
REACHES: Final = (
    # a teacher's own applications
    reach(
        "applications.to_withdraw",
        "teacher",
        lambda w, by: w.services.applications.to_withdraw(w.things["pending"], 1, by),
    ),
    reach(
        "applications.withdraw", "teacher", lambda w, by: w.services.applications.withdraw(w.things["pending"], 1, by)
    ),
    reach("applications.one", "teacher", lambda w, by: w.services.applications.one(w.things["pending"], by)),
    reach("applications.nudge", "teacher", lambda w, by: w.services.applications.nudge(w.things["pending"], by)),
    # a course that is out of the catalogue: operators alone see it there
    reach(
        "favourites.put",
        OPERATOR,
        lambda w, by: w.services.favourites.put(w.things["hidden"], by, kept=True),
    ),
    reach("applications.apply", OPERATOR, lambda w, by: w.services.applications.apply(w.things["hidden"], by)),
    reach("catalogue.card", OPERATOR, lambda w, by: w.services.catalogue.card(w.things["hidden"], by)),
    reach(
        "catalogue.card_to_apply", OPERATOR, lambda w, by: w.services.catalogue.card_to_apply(w.things["hidden"], by)
    ),
    reach(
        "catalogue.page", "teacher", lambda w, by: w.services.catalogue.page(w.things["search"], 0, by), (SearchGone,)
    ),
    reach("sharing.course", "", lambda w, by: w.services.sharing.course(w.things["hidden"], by)),
    reach(
        "catalogue.search_again",
        "teacher",
        lambda w, by: w.services.catalogue.search_again(w.things["search"], by, literal=True),
        (SearchGone,),
    ),
    reach("filtering.look", "teacher", lambda w, by: w.services.filtering.look(w.things["search"], by), (SearchGone,)),
    reach(
        "filtering.choices",
        "teacher",
        lambda w, by: w.services.filtering.choices(FilterKind.FORM, w.things["search"], 0, by),
        (SearchGone,),
    ),
    reach(
        "sharing.providers",
        f"{STAFF} {OPERATOR}",
        lambda w, by: w.services.sharing.providers(w.things["provider"], by),
    ),
    # deciding
    reach("approvals.look", APPROVERS, lambda w, by: w.services.approvals.look(w.things["pending"], by)),
    reach("approvals.to_decide", APPROVERS, lambda w, by: w.services.approvals.to_decide(w.things["pending"], 1, by)),
    reach(
        "approvals.approve",
        APPROVERS,
        lambda w, by: w.services.approvals.approve(w.things["pending"], 1, by, screen(by)),
    ),
    reach(
        "approvals.reject", APPROVERS, lambda w, by: w.services.approvals.reject(w.things["pending"], 1, None, by, None)
    ),
    reach(
        "approvals.undo", APPROVERS, lambda w, by: w.services.approvals.undo(w.things["approved"], 2, by, screen(by))
    ),
    reach(
        "approvals.not_ours",
        APPROVERS,
        lambda w, by: w.services.approvals.not_ours(w.things["pending"], 1, "нет", by, screen(by)),
    ),
    reach("approvals.open", APPROVERS, lambda w, by: w.services.approvals.open(w.things["pending"], by, screen(by))),
    reach("approvals.queue", f"{APPROVERS} {SUPPORT} other_head", lambda w, by: w.services.approvals.queue(by)),
    reach(
        "approvals.open_next",
        APPROVERS,
        lambda w, by: w.services.approvals.open_next(0, by, screen(by)),
        (NothingWaits,),
    ),
    # summaries
    reach(
        "overviews.look",
        APPROVERS,
        lambda w, by: w.services.overviews.look(RolePlace.SCHOOL, w.things["school"], by),
    ),
    reach(
        "overviews.look",
        STAFF,
        lambda w, by: w.services.overviews.look(RolePlace.PROVIDER, w.things["provider"], by),
    ),
    reach("overviews.look", OPERATOR, lambda w, by: w.services.overviews.look(RolePlace.PORTAL, 0, by)),
    # providers
    reach("groups.courses", f"{STAFF} other_staff", lambda w, by: w.services.groups.courses(0, by)),
    reach("groups.desk", STAFF, lambda w, by: w.services.groups.desk(w.things["course"], by)),
    reach("groups.publish", STAFF, lambda w, by: w.services.groups.publish(w.things["course"], by, published=False)),
    reach("groups.group", STAFF, lambda w, by: w.services.groups.group(w.things["group"], 0, by)),
    reach("groups.new", STAFF, lambda w, by: w.services.groups.new(w.things["course"], by)),
    reach("groups.to_change", STAFF, lambda w, by: w.services.groups.to_change(w.things["group"], by)),
    reach("groups.save", STAFF, lambda w, by: _save_group(w, by)),
    reach("groups.close", STAFF, lambda w, by: w.services.groups.close(w.things["group"], by, closed=True)),
    reach("enrolment.waiting", STAFF, lambda w, by: w.services.enrolment.waiting(w.things["course"], 0, by)),
    reach("enrolment.applicant", STAFF, lambda w, by: w.services.enrolment.applicant(w.things["approved"], by)),
    reach("enrolment.to_end", STAFF, lambda w, by: w.services.enrolment.to_end(w.things["enrolled"], 3, by)),
    reach(
        "enrolment.enrol",
        STAFF,
        lambda w, by: w.services.enrolment.enrol(w.things["approved"], 2, w.things["group"], by),
    ),
    reach(
        "enrolment.change_group",
        STAFF,
        lambda w, by: w.services.enrolment.change_group(w.things["enrolled"], 3, w.things["group"], by),
    ),
    reach("enrolment.undo", STAFF, lambda w, by: w.services.enrolment.undo(w.things["enrolled"], 3, "ошибка", by)),
    reach(
        "enrolment.unenrol", STAFF, lambda w, by: w.services.enrolment.unenrol(w.things["enrolled"], 3, "не ходит", by)
    ),
    reach("enrolment.offer", STAFF, lambda w, by: w.services.enrolment.offer(w.things["group"], by)),
    reach("enrolment.enrol_all", STAFF, lambda w, by: w.services.enrolment.enrol_all(w.things["group"], MISSING, by)),
    reach(
        "enrolment.enrol_many",
        STAFF,
        lambda w, by: w.services.enrolment.enrol_many(w.things["group"], [w.things["approved"]], by),
    ),
    reach("completion.roll", STAFF, lambda w, by: w.services.completion.roll(w.things["group"], by)),
    reach(
        "completion.complete",
        STAFF,
        lambda w, by: w.services.completion.complete(w.things["group"], [w.things["enrolled"]], [], None, by),
    ),
    reach("circulars.audience", STAFF, lambda w, by: w.services.circulars.audience(w.things["group"], by)),
    reach("circulars.send", STAFF, lambda w, by: w.services.circulars.send(w.things["group"], "Привет", by)),
    reach("cancelling.ask", f"{STAFF} {OPERATOR}", lambda w, by: w.services.cancelling.ask(w.things["course"], by)),
    reach(
        "cancelling.cancel", f"{STAFF} {OPERATOR}", lambda w, by: w.services.cancelling.cancel(w.things["course"], by)
    ),
    reach(
        "histories.of", f"teacher {APPROVERS} {STAFF}", lambda w, by: w.services.histories.of(w.things["approved"], by)
    ),
    # the record book
    reach("record_book.one", "graduate", lambda w, by: w.services.record_book.one(w.things["record"], by)),
    # support
    reach("desk.work", SUPPORT, lambda w, by: w.services.desk.work(by)),
    reach(
        "tickets.asking_about",
        "enrolled_teacher",
        lambda w, by: w.services.tickets.asking_about(w.things["enrolled"], by),
    ),
    reach(
        "tickets.open",
        "enrolled_teacher",
        lambda w, by: w.services.tickets.open("Вопрос", w.things["enrolled"], words("Вопрос"), by),
    ),
    reach("tickets.look", f"teacher {SUPPORT}", lambda w, by: w.services.tickets.look(w.things["ticket"], by)),
    reach("tickets.to_write", f"teacher {SUPPORT}", lambda w, by: w.services.tickets.to_write(w.things["ticket"], by)),
    reach(
        "tickets.say",
        f"teacher {SUPPORT}",
        lambda w, by: w.services.tickets.say(w.things["ticket"], words("Вопрос"), by),
    ),
    reach(
        "tickets.to_close", f"teacher {SUPPORT}", lambda w, by: w.services.tickets.to_close(w.things["ticket"], 1, by)
    ),
    reach("tickets.close", f"teacher {SUPPORT}", lambda w, by: w.services.tickets.close(w.things["ticket"], 1, by)),
    reach("tickets.rate", "teacher", lambda w, by: w.services.tickets.rate(w.things["ticket"], 5, by)),
    reach(
        "tickets.show_whole",
        f"teacher {SUPPORT}",
        lambda w, by: w.services.tickets.show_whole(w.things["ticket"], 0, by, 100),
    ),
    reach("ticket_desk.queue", SUPPORT, lambda w, by: w.services.ticket_desk.queue(0, by)),
    reach("ticket_desk.closed", SUPPORT, lambda w, by: w.services.ticket_desk.closed(0, by)),
    reach("ticket_desk.take", SUPPORT, lambda w, by: w.services.ticket_desk.take(w.things["ticket"], None, by)),
    reach(
        "ticket_desk.to_withdraw", SUPPORT, lambda w, by: w.services.ticket_desk.to_withdraw(w.things["ticket"], 1, by)
    ),
    reach(
        "ticket_desk.withdraw",
        SUPPORT,
        lambda w, by: w.services.ticket_desk.withdraw(w.things["ticket"], 1, "просьба", by),
    ),
    # profiles that moved
    reach("access.waiting", SUPPORT, lambda w, by: w.services.access.waiting(0, by)),
    reach("access.request", SUPPORT, lambda w, by: w.services.access.request(w.things["request"], by)),
    reach("access.find", SUPPORT, lambda w, by: w.services.access.find(w.things["request"], "Соколова", by)),
    reach(
        "access.to_move", SUPPORT, lambda w, by: w.services.access.to_move(w.things["request"], w.things["teacher"], by)
    ),
    reach(
        "access.move",
        SUPPORT,
        lambda w, by: w.services.access.move(w.things["request"], w.things["teacher"], "звонок", by),
    ),
    reach("access.refuse", SUPPORT, lambda w, by: w.services.access.refuse(w.things["request"], "не узнали", by)),
    reach("access.holds", SUPPORT, lambda w, by: w.services.access.holds(0, by)),
    reach("access.hold", SUPPORT, lambda w, by: w.services.access.hold(w.things["recovery"], by)),
    reach("access.to_settle", SUPPORT, lambda w, by: w.services.access.to_settle(w.things["recovery"], by, agree=True)),
    reach(
        "access.settle",
        SUPPORT,
        lambda w, by: w.services.access.settle(w.things["recovery"], "звонок", by, agree=False),
    ),
    reach("recovery.agree", "", lambda w, by: w.services.recovery.agree(w.things["recovery"], by.chat_id)),
    reach("recovery.stop", "", lambda w, by: w.services.recovery.stop(w.things["recovery"], by.chat_id)),
    # roles
    reach("staffing.desk", OPERATOR, lambda w, by: w.services.staffing.desk(by)),
    reach("staffing.places", OPERATOR, lambda w, by: w.services.staffing.places("Школа", frozenset(RolePlace), by)),
    reach("staffing.headed", "head other_head", lambda w, by: w.services.staffing.headed(by)),
    reach(
        "staffing.staff",
        f"head {OPERATOR}",
        lambda w, by: w.services.staffing.staff(RolePlace.SCHOOL, w.things["school"], 0, by),
    ),
    reach(
        "staffing.member",
        f"head {OPERATOR}",
        lambda w, by: w.services.staffing.member(w.things["admin"], Role.ADMIN, w.things["school"], by),
    ),
    reach(
        "staffing.to_take",
        f"head {OPERATOR}",
        lambda w, by: w.services.staffing.to_take(w.things["admin"], Role.ADMIN, w.things["school"], by),
    ),
    reach(
        "staffing.take",
        f"head {OPERATOR}",
        lambda w, by: w.services.staffing.take(w.things["admin"], Role.ADMIN, w.things["school"], by),
    ),
    reach(
        "invitations.draft",
        f"head {OPERATOR}",
        lambda w, by: w.services.invitations.draft(Role.ADMIN, w.things["school"], by),
    ),
    reach(
        "invitations.issue",
        f"head {OPERATOR}",
        lambda w, by: w.services.invitations.issue(Role.ADMIN, w.things["school"], None, 7, by),
    ),
    reach(
        "invitations.listed",
        f"head {OPERATOR}",
        lambda w, by: w.services.invitations.listed(w.things["school"], 0, by, settled=False),
    ),
    reach("invitations.one", f"head {OPERATOR}", lambda w, by: w.services.invitations.one(w.things["invitation"], by)),
    reach(
        "invitations.to_revoke",
        f"head {OPERATOR}",
        lambda w, by: w.services.invitations.to_revoke(w.things["invitation"], by),
    ),
    reach(
        "invitations.revoke",
        f"head {OPERATOR}",
        lambda w, by: w.services.invitations.revoke(w.things["invitation"], by),
    ),
    # files
    reach("uploads.require", STAFF, lambda w, by: w.services.uploads.require(Kind.ENROLMENTS, w.things["course"], by)),
    reach("uploads.check", STAFF, lambda w, by: _check_file(w, by)),
    reach("uploads.find", OPERATOR, lambda w, by: w.services.uploads.find(w.things["upload"], by)),
    reach(
        "uploads.call", OPERATOR, lambda w, by: w.services.uploads.call(w.things["upload"], Kind.SCHOOLS, SCHOOLS, by)
    ),
    reach(
        "uploads.load",
        OPERATOR,
        lambda w, by: w.services.uploads.load(w.things["upload"], SCHOOLS, by, skip_invalid=True),
    ),
    reach("uploads.drop", OPERATOR, lambda w, by: w.services.uploads.drop(w.things["upload"], by)),
    reach(
        "enrolment_files.applicants",
        STAFF,
        lambda w, by: w.services.enrolment_files.applicants(w.things["course"], by),
    ),
    reach("enrolment_files.bring", STAFF, lambda w, by: _bring_file(w, by)),
    # what went wrong
    reach("delivery_desk.look", OPERATOR, lambda w, by: w.services.delivery_desk.look(0, by)),
    reach("delivery_desk.retry", OPERATOR, lambda w, by: w.services.delivery_desk.retry(1, 2**31, 0, by)),
    reach("delivery_desk.to_retry_all", OPERATOR, lambda w, by: w.services.delivery_desk.to_retry_all(by)),
    reach("delivery_desk.retry_all", OPERATOR, lambda w, by: w.services.delivery_desk.retry_all(2**31, by)),
    reach("delivery_desk.set_aside", OPERATOR, lambda w, by: w.services.delivery_desk.set_aside(0, by)),
    reach("delivery_desk.to_clear", OPERATOR, lambda w, by: w.services.delivery_desk.to_clear(by)),
    reach("delivery_desk.clear", OPERATOR, lambda w, by: w.services.delivery_desk.clear(2**31, by)),
    # settings
    reach("settings.look", OPERATOR, lambda w, by: w.services.settings.look(by)),
    reach("settings.change", OPERATOR, lambda w, by: w.services.settings.change(Name.HOURS_NORM, 72, by)),
    reach("settings.remove_reason", OPERATOR, lambda w, by: w.services.settings.remove_reason(0, by)),
    reach("settings.raise_reason", OPERATOR, lambda w, by: w.services.settings.raise_reason(1, by)),
    reach("approvals.to_reject", APPROVERS, lambda w, by: w.services.approvals.to_reject(w.things["pending"], 1, by)),
    reach(
        "approvals.reject_because",
        APPROVERS,
        lambda w, by: w.services.approvals.reject_because(w.things["pending"], 1, 0, by, None),
    ),
)

OWN: Final = {
    "applications.mine",
    "applications.archive",
    "approvals.approved",
    "approvals.approve_all",
    "catalogue.search",
    "people.accept_invitation",
    "privacy.consent",
    "privacy.my_data",
    "privacy.to_remove",
    "privacy.remove",
    "consents.agree",
    "consents.visit",
    "profiles.view",
    "profiles.rename",
    "profiles.change_position",
    "profiles.switch_letters",
    "profiles.keep_quiet",
    "profiles.read_plainly",
    "profiles.pause_reminders",
    "profiles.want_news",
    "profiles.stop_news",
    "news.choice",
    "profiles.ask_email",
    "profiles.prove_own_email",
    "profiles.prove_email",
    "profiles.propose_school",
    "profiles.choose_school",
    "record_book.look",
    "record_book.extract",
    "catalogue.forget_searches",
    "filtering.choose",
    "filtering.clear",
    "filtering.of_provider",
    "sharing.offered",
    "tickets.mine",
}
"""These name nothing of anybody else's: they show or change what is the person's own, or what waits for them."""

OF_A_CHAT: Final = {
    "access.ask",
    "emails.begin",
    "emails.prove",
    "people.arrive",
    "people.blocks",
    "people.comes_back",
    "people.register",
    "recovery.recover",
}
"""These act for a chat, whoever is in it; a code is good in the chat that asked for it alone (test_emails.py)."""


async def _check_file(world: World, by: Person) -> Any:
    sent = Sent("file.csv", "file-id", Kind.ENROLMENTS, world.things["course"])
    return await world.services.uploads.check(sent, ENROLMENTS, by)


async def _bring_file(world: World, by: Person) -> Any:
    return await world.services.enrolment_files.bring(
        Move.ENROL,
        world.things["course"],
        by,
        "file.csv",
        ENROLMENTS,
        dry_run=False,
        skip_invalid=True,
        progress=silent,
        first=None,
    )


async def _save_group(world: World, by: Person) -> Any:
    """The draft as its owner had it, sent by somebody else: a conversation can be brought to hold anything."""
    draft = (
        await world.services.groups.to_change(world.things["group"], world.cast["staff"])
        if (world.things["group"] != MISSING)
        else replace(
            await world.services.groups.new(world.things["real_course"], world.cast["staff"]), course_id=MISSING
        )
    )
    return await world.services.groups.save(draft, by)


async def _role(city: City, person: Person, **columns: Any) -> None:
    async with city.database.write() as tx:
        await tx.execute(update(SchoolRole).where(SchoolRole.user_id == person.id).values(**columns))


async def _cast(city: City, school: int, provider: int) -> dict[str, Person]:
    other_school, other_provider = await city.school(), await city.provider()
    yesterday, later = city.today - timedelta(days=1), city.today + timedelta(days=10)
    cast = {
        "teacher": await city.person(school),
        "enrolled_teacher": await city.person(school),
        "graduate": await city.person(school),
        "colleague": await city.person(school),
        "nobody": await city.person(),
        "head": await city.person(school, head_of=school),
        "admin": await city.person(school, head_of=school),
        "deputy": await city.person(school, head_of=school, until=later),
        "past_deputy": await city.person(school, head_of=school, until=yesterday),
        "held_head": await city.person(school, head_of=school),
        "other_head": await city.person(other_school, head_of=other_school),
        "staff": await city.person(staff_of=provider),
        "other_staff": await city.person(staff_of=other_provider),
        "held_staff": await city.person(staff_of=provider),
        "support": await city.person(portal=Role.SUPPORT),
        "held_support": await city.person(portal=Role.SUPPORT),
        "operator": await city.person(portal=Role.OPERATOR),
        "held_operator": await city.person(portal=Role.OPERATOR),
    }
    await _role(city, cast["admin"], role=Role.ADMIN)
    await _role(city, cast["deputy"], role=Role.DEPUTY)
    await _role(city, cast["past_deputy"], role=Role.DEPUTY)
    await _role(city, cast["held_head"], held=True)
    async with city.database.write() as tx:
        for table, names in ((ProviderStaff, ["held_staff"]), (PortalStaff, ["held_support", "held_operator"])):
            held = [cast[name].id for name in names]
            await tx.execute(update(table).where(table.user_id.in_(held)).values(held=True))
    return {name: await city.again(person) for name, person in cast.items()}


@pytest.fixture
async def world(city: City) -> World:
    """A city in which everything there is belongs to somebody."""
    return await settled(city)


async def settled(city: City) -> World:
    """The same, in whatever city."""
    services, school, provider = city.services, await city.school(), await city.provider()
    cast = await _cast(city, school, provider)
    head, teacher = cast["head"], cast["teacher"]
    course = await city.course(provider_id=provider, seats=30, starts_in=-20)
    group = await city.group(course)
    pending = (await services.applications.apply(await city.course(provider_id=provider), teacher)).application.id
    approved = (await services.applications.apply(course, teacher)).application.id
    enrolled = (await services.applications.apply(course, cast["enrolled_teacher"])).application.id
    done = (await services.applications.apply(course, cast["graduate"])).application.id
    for application in (approved, enrolled, done):
        await services.approvals.approve(application, 1, head, screen(head))
    for application in (enrolled, done):
        await services.enrolment.enrol(application, 2, group, cast["staff"])
    await services.completion.complete(group, [done], [], None, cast["staff"])
    book = await services.record_book.look(0, cast["graduate"])
    found = await services.catalogue.search("вулкан", teacher)
    assert isinstance(found, Found)
    await services.access.ask(6_000_000_001, "Анна Ким, школа на Речной")
    await services.invitations.issue(Role.ADMIN, school, None, 7, head)
    now = services.calendar.now()
    moved = {"old_chat_id": 6_000_000_002, "new_chat_id": cast["graduate"].chat_id, "started_at": now}
    things = {
        "school": school,
        "provider": provider,
        "course": course,
        "real_course": course,
        "hidden": await city.course(published=False),
        "group": group,
        "pending": pending,
        "approved": approved,
        "enrolled": enrolled,
        "record": book.page.lines[0].id,
        "search": found.search_id,
        "ticket": (await services.tickets.open("Вопрос", None, words("Здравствуйте"), teacher)).id,
        "request": await city.one(select(AccessRequest.id)),
        "recovery": await city._insert(Recovery, moved | {"user_id": cast["graduate"].id, "roles_at": now}),
        "invitation": await city.one(select(Invitation.id)),
        "upload": (await services.uploads.check(Sent("file.csv", "id", Kind.SCHOOLS), SCHOOLS, cast["operator"])).id,
        "teacher": teacher.id,
        "admin": cast["admin"].id,
    }
    return World(services, cast, things)


async def everything(city: City) -> dict[str, list[Any]]:
    """All that is stored, table by table."""
    async with city.database.read() as connection:
        return {
            table.name: sorted(map(str, (await connection.execute(table.select())).all()))
            for table in Base.metadata.sorted_tables
            if table.name not in {each.__tablename__ for each in NOT_THEIRS}
        }


async def outcome(attempt: Awaitable[Any]) -> DomainError | None:
    """The refusal; None, where there was none."""
    try:
        await attempt
    except DomainError as refusal:
        return refusal
    return None


async def test_whoever_has_no_right_changes_nothing_and_learns_nothing(world: World, city: City) -> None:
    before, wrong = await everything(city), []
    nothing = world.without()
    nothing.things["real_course"] = world.things["real_course"]
    for each in REACHES:
        for name, person in world.cast.items():
            if name in each.may:
                continue
            real, missing = await outcome(each.call(world, person)), await outcome(each.call(nothing, person))
            if not (type(real) is type(missing) and isinstance(real, each.refusals) and vars(real) == vars(missing)):
                wrong.append(f"{each.method} by {name}: {real!r}, where nothing is: {missing!r}")
    assert not wrong, "\n".join(wrong)
    assert await everything(city) == before


async def test_whoever_has_a_right_is_not_told_that_they_have_none(world: World) -> None:
    """Looking changes nothing, so everybody who may look is asked in one city."""
    looks = (
        "look",
        "to_",
        "one",
        "desk",
        "group",
        "waiting",
        "request",
        "hold",
        "queue",
        "staff",
        "member",
        "listed",
        "ask",
    )
    wrong = []
    for each in REACHES:
        if not each.method.partition(".")[2].startswith(looks):
            continue
        for name in each.may:
            refusal = await outcome(each.call(world, world.cast[name]))
            if isinstance(refusal, NotAllowed):
                wrong.append(f"{each.method} by {name}: {refusal!r}")
    assert not wrong, "\n".join(wrong)


def test_no_use_case_that_somebody_taps_is_left_out() -> None:
    tapped = set()
    for service in fields(Services):
        for name, method in inspect.getmembers(service.type, inspect.isfunction):
            if not name.startswith("_") and {"by", "chat_id"} & set(inspect.signature(method).parameters):
                tapped.add(f"{service.name}.{name}")
    named = {each.method for each in REACHES} | OWN | OF_A_CHAT
    assert tapped - named == set()
    assert named - tapped == set()
