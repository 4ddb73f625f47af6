"""♥: courses that somebody keeps an eye on, and the news of them."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from db.tables import Course, Favourite
from domain.errors import NotAllowed
from domain.reminding import Watched
from domain.status import Move
from services.catalogue import FAVOURITES
from services.demo_catalogue import COURSES, dated_courses
from services.watching import FAVOURITE, tell_of_courses
from tests.services.study import Study


@pytest.fixture
async def person(city):
    return await city.person()


@pytest.fixture
def keeps(services, person):
    """The person keeps an eye on a course."""

    async def kept(course, by=person):
        return await services.favourites.put(course, by, kept=True)

    return kept


@pytest.fixture
def heard(city, services, person):
    """What has been written to the person, and is true now."""

    async def news(by=person):
        told = await city.told(by, FAVOURITE)
        return [(line.course_id, line.news) for line in await services.reminders.favourites(by.id, told)]

    return news


async def put_course(city, course, **columns):
    async with city.database.write() as tx:
        await tx.execute(update(Course).where(Course.id == course).values(**columns))


async def test_a_course_is_kept_and_let_go_however_often_it_is_tapped(city, services, person, keeps):
    course = await city.course()
    assert (await services.catalogue.card(course, person)).favourite is False
    cards = await asyncio.gather(*(keeps(course) for _ in range(3)))
    assert [card.favourite for card in cards] == [True] * 3
    assert (await services.catalogue.card(course, person)).favourite is True
    assert (await services.catalogue.card(course, await city.person())).favourite is False
    for _ in range(2):
        assert (await services.favourites.put(course, person, kept=False)).favourite is False
    assert await city.count(Favourite) == 0


async def test_nobody_keeps_what_is_not_shown_to_them(city, services, person, keeps):
    hidden = await city.course(published=False)
    for course in (hidden, 10**6):
        with pytest.raises(NotAllowed):
            await keeps(course)
    assert await city.count(Favourite) == 0


async def test_the_list_has_ones_own_open_ones_first_and_those_that_are_hidden_now(city, services, person, keeps):
    later, closed = await city.course(starts_in=40), await city.course(closes_in=-1)
    soon, hidden = await city.course(starts_in=20), await city.course(starts_in=15)
    await keeps(await city.course(), by=await city.person())
    for course in (later, closed, soon, hidden):
        await keeps(course)
    await put_course(city, hidden, published=False)
    found = await services.catalogue.page(FAVOURITES, 0, person)
    assert [(line.id, line.is_open) for line in found.page.lines] == [
        (soon, True),
        (later, True),
        (hidden, False),
        (closed, False),
    ]
    assert (await services.catalogue.card(hidden, person)).favourite


async def test_a_course_that_is_published_again_is_told_once_a_day_and_not_to_those_who_applied(
    city, services, person, keeps, heard, clock
):
    study = await Study.of(city)
    applicant = await city.person()
    await study.approved(applicant)
    for by in (person, applicant):
        await keeps(study.course, by)
    for _ in range(3):
        for published in (False, True):
            await services.groups.publish(study.course, study.staff, published=published)
    assert len(await city.told(person, FAVOURITE)) == 1
    assert await heard() == [(study.course, Watched.OPENED)]
    assert await heard(applicant) == []
    clock.advance(timedelta(days=1))
    for published in (False, True):
        await services.groups.publish(study.course, study.staff, published=published)
    assert len(await city.told(person, FAVOURITE)) == 2


async def test_publishing_what_is_closed_opens_nothing(city, services, person, keeps, heard):
    study = await Study.of(city, closes_in=-1)
    await keeps(study.course)
    for published in (False, True):
        await services.groups.publish(study.course, study.staff, published=published)
    assert await city.told(person, FAVOURITE) == []


async def change(city, course, *, was, **now):
    """A file has changed a course, as an import sees it."""
    await put_course(city, course, **now)
    before = {"closes_on": None, "seats": None} | was
    async with city.database.write() as tx:
        await tell_of_courses(tx, {course: (before, before | now)}, city.services.calendar)


async def test_a_deadline_that_moves_opens_a_closed_course_and_an_open_one_not_again(city, person, keeps, heard):
    course = await city.course(closes_in=-2)
    await keeps(course)
    was, later = city.today - timedelta(days=2), city.today + timedelta(days=5)
    await change(city, course, was={"closes_on": was}, closes_on=city.today - timedelta(days=1))
    assert await heard() == []
    await change(city, course, was={"closes_on": was}, closes_on=later)
    assert await heard() == [(course, Watched.OPENED)]
    await change(city, course, was={"closes_on": later}, closes_on=later + timedelta(days=1))
    assert len(await city.told(person, FAVOURITE)) == 1


async def test_seats_that_appear_are_told_where_there_were_none(city, services, person, keeps, heard):
    study = await Study.of(city, seats=2)
    group = await study.group(seats=None)
    applications = [(await study.enrolled(group))[1] for _ in range(2)]
    await keeps(study.course)
    await city.moves(applications[0], Move.UNENROL, by=study.staff, note="Переезд")
    assert await heard() == [(study.course, Watched.SEATS)]
    await city.moves(applications[1], Move.UNDO_ENROLMENT, by=study.staff, note="Ошибка", group_id=None)
    assert len(await city.told(person, FAVOURITE)) == 1, "there was a free seat before"
    await study.enrolled(group)
    await study.enrolled(group)
    assert await heard() == [], "they are gone again"


async def test_seats_that_a_file_adds_are_told_once_and_only_by_a_full_course(city, person, keeps, heard):
    full, empty = await Study.of(city, seats=1), await Study.of(city, seats=1)
    await full.enrolled(await full.group())
    for study in (full, empty):
        await keeps(study.course)
        await change(city, study.course, was={"seats": 1}, seats=5)
    assert await heard() == [(full.course, Watched.SEATS)]


async def test_those_who_completed_free_no_seats(city, person, keeps, heard):
    study = await Study.of(city, seats=1, starts_in=5)
    _, application = await study.enrolled(await study.group())
    await keeps(study.course)
    await city.moves(application, Move.COMPLETE, by=study.staff)
    assert await city.told(person, FAVOURITE) == []


async def test_a_deadline_is_told_three_days_before_once_and_not_to_those_who_applied(
    city, services, person, keeps, heard, clock
):
    study = await Study.of(city, closes_in=5)
    applicant = await city.person()
    for by in (person, applicant):
        await keeps(study.course, by)
    await study.approved(applicant)
    written = []
    for _ in range(7):
        written.append(await services.reminders.remind())
        clock.advance(timedelta(days=1))
    assert written == [0, 0, 1, 0, 0, 0, 0]
    assert await heard() == [], "the deadline is over"
    clock.advance(-timedelta(days=3))
    assert await heard() == [(study.course, Watched.CLOSING)]
    await services.favourites.put(study.course, person, kept=False)
    assert await heard() == [], "it is no favourite any more"


async def test_who_put_it_there_today_has_seen_the_deadline(city, services, keeps, clock):
    course = await city.course(closes_in=2)
    await keeps(course)
    assert await services.reminders.remind() == 0
    clock.advance(timedelta(days=1))
    assert await services.reminders.remind() == 1


async def test_news_of_several_courses_are_one_message_and_wait_for_the_morning(city, services, person, keeps, clock):
    courses = [await city.course(closes_in=3) for _ in range(12)]
    for course in courses:
        await keeps(course)
    clock.advance(timedelta(days=1))
    assert await services.reminders.remind() == 12
    clock.advance(timedelta(hours=10))  # ten in the evening
    assert [parcel for parcel in await services.outbox.claim() if parcel.kind == FAVOURITE] == []
    clock.advance(timedelta(hours=10))
    (parcel,) = [parcel for parcel in await services.outbox.claim() if parcel.kind == FAVOURITE]
    assert len(parcel.ids) == 12
    news = await services.reminders.favourites(person.id, parcel.payloads)
    assert [line.course_id for line in news] == courses


async def test_who_paused_reminders_hears_no_news_of_favourites(city, services, person, keeps, clock):
    await city.put_person(person, reminders_paused=True)
    await keeps(await city.course(closes_in=3))
    clock.advance(timedelta(days=1))
    await services.reminders.remind()
    assert [parcel for parcel in await services.outbox.claim() if parcel.kind == FAVOURITE] == []


async def test_an_import_that_moves_a_deadline_tells_those_who_watch(city, services, person, keeps, heard):
    file = dated_courses(COURSES.read_bytes(), city.today)
    await services.imports.courses(COURSES.name, file)
    (course,) = [line.id for line in (await services.catalogue.page(0, 0, person)).page.lines][:1]
    await keeps(course)
    past = city.today - timedelta(days=4)
    await put_course(city, course, apply_until=past, closes_on=past)
    assert (await services.imports.courses(COURSES.name, file)).changed == 1
    assert await heard() == [(course, Watched.OPENED)]
