"""The demo's first day: what its people find on their phones, whatever the day is."""

from dataclasses import fields
from datetime import timedelta

import pytest

from db.tables import Application, Notification
from domain.status import Status
from services.catalogue import FAVOURITES
from services.demo_city import LIVES, found
from tests.city import City


@pytest.fixture
async def people(database, services):
    """The people of a city founded on a fresh database."""
    return await found(database, services.calendar)


async def waiting(services, person):
    """The codes that wait for somebody's decision, in order of arrival."""
    return [line.code for line in (await services.approvals.queue(person)).first]


async def test_an_application_of_every_state_is_there_and_its_history_leads_to_it(city, people):
    for status in Status:
        assert await city.count(Application, status=status) > 0, status
    for number in range(1, len(LIVES) + 1):
        history = await city.history(number)
        assert history[-1][1] is await city.status(number)
        assert [source for source, _ in history[1:]] == [target for _, target in history[:-1]]


async def test_everybody_has_the_role_of_their_phone(people):
    approvers = {field.name for field in fields(people) if getattr(people, field.name).approver}
    assert approvers == {"head", "school_admin"}
    assert people.methodologist.provider_staff
    assert people.support.support
    assert people.operator.operator
    assert all(getattr(people, field.name).chat_id > 2**32 for field in fields(people))


async def test_several_applications_wait_for_the_school_and_one_for_support(services, people):
    assert len(await waiting(services, people.head)) == 5
    assert len(await waiting(services, people.school_admin)) == 5
    assert len(await waiting(services, people.support)) == 1


async def test_approvers_see_hours_of_three_years_a_clash_and_an_earlier_refusal(services, people):
    queue = {line.code: line.id for line in (await services.approvals.queue(people.head)).first}
    of_teacher = await services.approvals.look(queue["ГМЦ-0513-О"], people.head)
    assert (of_teacher.teacher, of_teacher.completed_hours) == (people.teacher.full_name, 108)
    assert [clash.code for clash in of_teacher.clashes] == ["ГМЦ-0610-О"]
    assert (await services.approvals.look(queue["ЦПК-0318-С"], people.head)).earlier_reason == "Нет замены на уроки"


async def test_a_full_and_a_closing_course_are_applied_for(services, people):
    async def card(code):
        return await services.catalogue.search(code, people.teacher)

    assert (await card("ГМЦ-0513-О")).free_seats == 0
    assert (await card("ЦПК-0318-С")).apply_until - services.calendar.today() < timedelta(days=7)
    assert (await card("ГМЦ-0417-Д")).obstacle is None


async def test_the_methodologist_finds_something_to_do(services, people):
    first = (await services.groups.courses(0, people.methodologist)).lines
    desks = [await services.groups.desk(line.id, people.methodologist) for line in first[:2]]
    waiting, ended = sorted(desks, key=lambda desk: desk.enrolled)
    assert (waiting.code, waiting.waiting, waiting.groups) == ("ГМЦ-0818-Д", 1, ())
    [group] = ended.groups
    assert (ended.code, group.ended, group.enrolled, group.seats) == ("ГМЦ-0378-О", True, 1, 25)


async def test_only_what_waits_is_still_to_be_said_and_never_to_somebody_without_a_phone(services, people):
    parcels = []
    while batch := await services.outbox.claim():
        parcels += batch
        for parcel in batch:
            await services.outbox.sent(parcel.ids)
    prompted = [parcel.chat_id for parcel in parcels if parcel.kind == "prompt"]
    assert sorted(prompted) == sorted(
        [people.head.chat_id] * 5 + [people.school_admin.chat_id] * 5 + [people.support.chat_id]
    )
    assert {parcel.kind for parcel in parcels} == {"prompt", "menu"}
    assert {parcel.chat_id for parcel in parcels} == {getattr(people, field.name).chat_id for field in fields(people)}


async def test_nothing_of_the_past_is_said_later(city, services, people, clock):
    clock.advance(timedelta(days=2))
    kinds = {parcel.kind for parcel in await services.outbox.claim()}
    assert kinds <= {"prompt", "menu"}
    assert await city.count(Notification, sent_at=None) == 18


async def test_what_the_clock_does_next_leaves_the_first_day_as_it_is(services, people):
    assert await services.expiry.expire() == 0
    assert await services.reminders.remind() == 0


async def test_favourites_are_kept_and_the_next_morning_brings_what_waits(services, people, clock):
    kept = await services.catalogue.page(FAVOURITES, 0, people.teacher)
    assert {line.code for line in kept.page.lines} == {"ГМЦ-0417-Д", "ЦПК-0318-С"}
    clock.advance(timedelta(days=1))
    assert await services.reminders.remind() > 0
    assert (await services.reminders.waiting(people.head.id, services.calendar.today().isoformat())).total == 5


@pytest.mark.parametrize("moment", ["2027-01-01T00:00:30+03:00", "2028-02-29T23:59:30+03:00"])
async def test_it_can_be_any_day_and_hour(database, services, clock, moment):
    clock.moment = clock.moment.fromisoformat(moment)
    people = await found(database, services.calendar)
    assert len(await waiting(services, people.head)) == 5
    assert await City(database, services).count(Application, status=Status.PENDING) == 7


async def test_support_has_a_question_that_waits_and_one_that_is_answered(services, people):
    page = await services.ticket_desk.queue(0, people.support)
    assert [line.stage.value for line in page.lines] == ["waits", "answered"]
