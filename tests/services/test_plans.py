"""No statement that a use case issues reads a table that grows from one end to the other."""

import inspect
import re
from collections.abc import Awaitable, Iterator
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from benchmarks.filled import Size, fill
from bot.ticks import ticks_of
from db.engine import Database
from db.intake import Incoming
from domain.clock import Calendar
from domain.filtering import Kind
from domain.person import Person, Purpose
from domain.status import LetterKind
from services.catalogue import FAVOURITES, OPEN_NOW
from services.outbox import CHAT, MAIL, Parcel
from services.portal import Services, open_portal
from tests.city import City
from tests.conftest import KINDS, Clock, Databases
from tests.plans import Plans
from tests.services.test_rights import OWN, REACHES, World, outcome, settled

SIZE: Final = Size(courses=10_000, people=20_000, applications=100_000)
KEY: Final = b"k" * 32
NUMBER: Final = 2**30
"""Of an update that nobody has brought yet."""
LOOKS_THROUGH_ALL: Final = {
    ("overviews.look", "operator"): "the portal's «Сводка», once a minute at most",
    ("access.find", "support"): "support looks for somebody by a part of the name",
    ("ticket_desk.closed", "support"): "support's archive counts its pages",
    ("rows_cleared", "clock"): "what was kept for its time is found four times a day",
}
"""Use cases, by whom they serve, with the reason. Another is not tried here: whoever leaves for good is looked for in
every text."""


@pytest.mark.parametrize("kind", KINDS)
async def test_no_statement_reads_a_growing_table_whole(kind: str, databases: Databases, clock: Clock) -> None:
    async with databases.fresh(kind) as url:
        database = Database(url, clock.now)
        services = open_portal(database, Calendar(ZoneInfo("Europe/Moscow"), clock.now), KEY)
        await fill(database, SIZE, services.calendar)
        world = await settled(City(database, services))
        issued = heard(database)
        for each in REACHES:
            for name in sorted(each.may):
                if (each.method, name) not in LOOKS_THROUGH_ALL:
                    await outcome(each.call(world, world.cast[name]))
        for call in of_ones_own(world):
            await outcome(call)
        for tick, (work, _) in ticks_of(services).items():
            if (tick, "clock") not in LOOKS_THROUGH_ALL:
                await work()
        for channel in (CHAT, MAIL):
            for parcel in await services.outbox.claim(channel=channel):
                await settle(services, parcel)
        plans = Plans(database)
        whole = [
            f"{table}\n    {statement}"
            for statement, parameters in issued.items()
            for table in await plans.read_whole(statement, parameters)
        ]
        await database.close()
    assert len(issued) > 200
    assert not whole, "\n".join(whole)


def test_no_use_case_of_ones_own_is_left_out() -> None:
    source = "".join(inspect.getsource(each) for each in (of_ones_own, of_choosing, of_the_profile))
    called = set(re.findall(r"services\.(\w+\.\w+)\(", source))
    assert OWN - called == {"privacy.remove"}


def heard(database: Database) -> dict[str, Any]:
    """Every statement from now on, with the parameters it was first issued with."""
    issued: dict[str, Any] = {}

    def hear(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.split(maxsplit=1)[0] in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}:
            issued.setdefault(statement, parameters[0] if isinstance(parameters, list) else parameters)

    for engine in {database.writer.sync_engine, database.reader.sync_engine}:
        event.listen(engine, "before_cursor_execute", hear)
    return issued


def of_ones_own(world: World) -> Iterator[Awaitable[Any]]:
    """What people do with what is theirs, and what the intake and the sender ask."""
    services, cast, things = world.services, world.cast, world.things
    teacher, head, support, today = cast["teacher"], cast["head"], cast["support"], services.calendar.today()
    yield services.people.arrive(teacher.chat_id)
    for decides in (head, support):
        yield services.approvals.queue(decides)
        yield services.approvals.approved(0, decides)
        yield services.approvals.approve_all(NUMBER, services.calendar.now() - timedelta(hours=1), decides)
        yield services.reminders.waiting(decides.id, str(today))
    yield services.catalogue.search("смысловое чтение", teacher)
    yield services.catalogue.search("РЦО-000001-Д", teacher)
    yield services.catalogue.page(FAVOURITES, 0, teacher)
    yield services.catalogue.instead_of(things["course"], teacher.id)
    yield services.applications.apply(1, teacher)
    yield services.applications.mine(0, teacher)
    yield services.applications.archive(0, teacher)
    yield services.prompts.again(things["pending"], head.id)
    yield services.record_book.look(0, cast["graduate"])
    yield services.record_book.extract(cast["graduate"])
    yield services.record_book.check("token-1")
    yield services.tickets.mine(0, teacher)
    yield services.letters.course_of(things["approved"])
    yield services.reminders.favourites(teacher.id, [{"course_id": 1, "news": "opened"}])
    yield services.reminders.without_group(cast["staff"].id, [{"course_id": things["course"]}])
    yield services.people.accept_invitation("no-such-token", teacher)
    yield from of_choosing(services, teacher)
    yield from of_the_profile(services, teacher)
    yield from of_the_intake(services, teacher)


def of_choosing(services: Services, teacher: Person) -> Iterator[Awaitable[Any]]:
    """Lists that somebody narrows, what they pass on, and what they want to hear of."""
    yield services.filtering.of_provider(1, teacher)
    yield services.filtering.choose(Kind.FORM, "очная", OPEN_NOW, teacher)
    yield services.catalogue.page(OPEN_NOW, 1, teacher)
    yield services.filtering.clear(OPEN_NOW, teacher)
    yield services.catalogue.forget_searches(teacher)
    yield services.sharing.offered("", 0, teacher)
    yield services.sharing.offered("чтение", 0, teacher)
    yield services.news.choice(0, teacher)
    yield services.profiles.want_news(None, 0, teacher)
    yield services.profiles.stop_news(teacher)


def of_the_profile(services: Services, teacher: Person) -> Iterator[Awaitable[Any]]:
    """Somebody's profile, from their address to their data."""
    yield services.profiles.view(teacher)
    yield services.profiles.rename("Соколова Мария", teacher)
    yield services.profiles.change_position("Завуч", teacher)
    yield services.profiles.switch_letters(LetterKind.STUDY, teacher, on=False)
    yield services.profiles.keep_quiet((22, 8), teacher)
    yield services.profiles.read_plainly(teacher, on=True)
    yield services.profiles.pause_reminders(teacher, on=True)
    yield services.profiles.ask_email("new@example.org", teacher)
    yield services.profiles.prove_own_email(teacher)
    yield services.profiles.prove_email(1, "123456", teacher)
    yield services.profiles.propose_school(1, teacher)
    yield services.profiles.choose_school(1, teacher)
    yield services.people.schools("гимназия")
    yield services.people.blocks(teacher.chat_id)
    yield services.people.comes_back(teacher.chat_id)
    yield services.emails.begin(1, "new@example.org", Purpose.REGISTER)
    yield services.emails.prove(1, 1, "123456")
    yield services.emails.code_letter(1)
    yield services.letters.replaced_by(1)
    yield services.consents.visit(teacher)
    yield services.consents.agree("2026-09", teacher)
    yield services.privacy.consent(teacher)
    yield services.privacy.my_data(teacher)
    yield services.privacy.to_remove(teacher)


def of_the_intake(services: Services, teacher: Person) -> Iterator[Awaitable[Any]]:
    """An update's life beside its effect."""
    yield services.intake.store([Incoming(NUMBER, teacher.chat_id, "{}")])
    yield services.intake.take_over()
    yield services.intake.others_hold_some()
    yield services.intake.hold([NUMBER])
    yield services.intake.let_go(NUMBER)
    yield services.intake.finish([NUMBER])
    yield services.queues.standing()


async def settle(services: Services, parcel: Parcel) -> None:
    """Everything that can become of a note."""
    outbox = services.outbox
    if "prompt_id" in parcel.payloads[0]:
        prompt = parcel.payloads[0]["prompt_id"]
        await services.prompts.drawing(prompt)
        await services.prompts.drawn(prompt, 1, 1)
    await outbox.hold(dict.fromkeys(parcel.ids, parcel.held_until))
    await outbox.wait(parcel.ids, 1)
    await outbox.release(parcel.ids)
    await outbox.retry(parcel, "away")
    await outbox.sent(parcel.ids)
    await outbox.give_up(parcel.ids, "gone")
    await outbox.blocked(parcel, "blocked")
