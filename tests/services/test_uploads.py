"""A file in the chat: looked at first, loaded at its sender's word and at nobody else's, once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from db.tables import Course, PortalStaff, School, Upload
from domain.catalogue import NoHeader, UnreadableFile
from domain.errors import NotAllowed, UploadSettled
from domain.person import Role
from domain.uploads import Kind
from services.uploads import Sent
from tests.files import FORMATS, csv_file, xlsx

HEADINGS = ["Шифр", "Название", "Организация", "Финансирование", "Часы"]
GOOD = ["ФАЙЛ-1", "Физика в школе", "Городской центр", "бюджет", 36]
OTHER = ["ФАЙЛ-2", "Химия в школе", "Городской центр", "внебюджет", 18]
BAD = ["ФАЙЛ-3", "Без денег", "Городской центр", "как-нибудь", "много"]


def sent(kind=Kind.UNKNOWN, name="курсы.xlsx"):
    return Sent(name, "file-id", kind)


def courses(*rows):
    return xlsx([HEADINGS, *rows])


@pytest.fixture
async def operator(city):
    return await city.person(portal=Role.OPERATOR)


async def count(city, table):
    return await city.count(table)


async def test_the_first_look_writes_nothing_but_that_the_file_waits(city, services, operator):
    view = await services.uploads.check(sent(), courses(GOOD, OTHER), operator)
    assert (view.sent.kind, view.report.new, view.report.written) == (Kind.COURSES, 2, False)
    assert await count(city, Course) == 0
    kept = await city.one(select(Upload.file_id).where(Upload.id == view.id))
    assert kept == "file-id"


@pytest.mark.parametrize("format", FORMATS)
async def test_the_headings_of_every_format_tell_what_is_in_the_file(services, operator, format):
    schools = [["Название", "Округ"], ["Школа № 77", "Северный"]]
    view = await services.uploads.check(sent(), FORMATS[format](schools), operator)
    assert (view.sent.kind, view.report.new) == (Kind.SCHOOLS, 1)


async def test_where_the_headings_do_not_tell_the_sender_does_and_hears_which_are_missing(services, operator):
    content = csv_file([["Что-то", "Иное"], ["а", "б"]])
    view = await services.uploads.check(sent(), content, operator)
    assert (view.sent.kind, view.report) == (Kind.UNKNOWN, None)
    with pytest.raises(NoHeader) as lacking:
        await services.uploads.call(view.id, Kind.SCHOOLS, content, operator)
    assert "Округ" in lacking.value.missing
    # The file that stands behind the same message may have been changed: it is read anew each time.
    view = await services.uploads.call(view.id, Kind.SCHOOLS, csv_file([["Школа", "Округ"], ["№ 5", "ЮЗ"]]), operator)
    assert view.report.new == 1
    with pytest.raises(NotAllowed):
        await services.uploads.call(view.id, Kind.COURSES, courses(GOOD), operator)


async def test_loading_writes_and_only_once(city, services, operator):
    content = courses(GOOD, OTHER)
    view = await services.uploads.check(sent(), content, operator)
    done = await services.uploads.load(view.id, content, operator, skip_invalid=False)
    assert (done.report.written, done.report.new) == (True, 2)
    assert await count(city, Course) == 2
    with pytest.raises(UploadSettled):
        await services.uploads.load(view.id, content, operator, skip_invalid=False)
    with pytest.raises(UploadSettled):
        await services.uploads.drop(view.id, operator)


async def test_two_taps_at_once_load_once(city, services, operator):
    content = courses(GOOD)
    view = await services.uploads.check(sent(), content, operator)
    loads = (services.uploads.load(view.id, content, operator, skip_invalid=False) for _ in range(4))
    outcomes = await asyncio.gather(*loads, return_exceptions=True)
    assert sum(not isinstance(outcome, UploadSettled) for outcome in outcomes) == 1
    assert await count(city, Course) == 1


async def test_a_tap_on_load_and_one_on_cancel_at_once_have_one_winner(city, services, operator):
    content = courses(GOOD)
    view = await services.uploads.check(sent(), content, operator)
    taps = (
        services.uploads.load(view.id, content, operator, skip_invalid=False),
        services.uploads.drop(view.id, operator),
    )
    lost = [isinstance(outcome, UploadSettled) for outcome in await asyncio.gather(*taps, return_exceptions=True)]
    assert sum(lost) == 1
    assert await count(city, Course) == (0 if lost[0] else 1)


async def test_one_faulty_row_holds_the_whole_file_back_until_it_is_left_out(city, services, operator):
    content = courses(GOOD, BAD)
    view = await services.uploads.check(sent(), content, operator)
    assert (view.report.new, view.report.skipped, len(view.report.faults)) == (1, 1, 2)
    held = await services.uploads.load(view.id, content, operator, skip_invalid=False)
    assert not held.report.written
    assert await count(city, Course) == 0
    done = await services.uploads.load(view.id, content, operator, skip_invalid=True)
    assert done.report.written
    assert await count(city, Course) == 1


async def test_nobody_else_loads_or_drops_it_not_even_another_operator(city, services, operator):
    content = courses(GOOD)
    view = await services.uploads.check(sent(), content, operator)
    for stranger in (await city.person(portal=Role.OPERATOR), await city.person(portal=Role.SUPPORT)):
        with pytest.raises(NotAllowed):
            await services.uploads.load(view.id, content, stranger, skip_invalid=True)
        with pytest.raises(NotAllowed):
            await services.uploads.drop(view.id, stranger)
    with pytest.raises(NotAllowed):
        await services.uploads.load(view.id + 1000, content, operator, skip_invalid=True)
    assert await count(city, Course) == 0


async def test_who_is_no_operator_any_more_loads_nothing(city, services, database, operator):
    content = courses(GOOD)
    view = await services.uploads.check(sent(), content, operator)
    async with database.write() as tx:
        await tx.execute(delete(PortalStaff).where(PortalStaff.user_id == operator.id))
    with pytest.raises(NotAllowed):
        await services.uploads.load(view.id, content, operator, skip_invalid=False)
    with pytest.raises(NotAllowed):
        await services.uploads.check(sent(), content, operator)
    assert await count(city, Course) == 0


async def test_a_role_that_ends_while_the_file_is_read_ends_the_loading(city, services, database, operator):
    content = courses(GOOD)
    view = await services.uploads.check(sent(), content, operator)

    reading = asyncio.Event()

    async def dismiss():
        await reading.wait()
        async with database.write() as tx:
            await tx.execute(delete(PortalStaff).where(PortalStaff.user_id == operator.id))

    load = services.uploads.load(
        view.id, content, operator, skip_invalid=False, progress=lambda done, total: reading.set()
    )
    outcomes = await asyncio.gather(load, dismiss(), return_exceptions=True)
    # Either the role was gone before the transaction began and nothing is written, or all of it was before that.
    written = await count(city, Course)
    assert written == (0 if isinstance(outcomes[0], NotAllowed) else 1)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"<html></html>", b"PK\x03\x04 not a zip"])
async def test_what_is_no_table_is_refused_and_nothing_waits(city, services, operator, content):
    before = await count(city, Upload)
    try:
        view = await services.uploads.check(sent(), content, operator)
    except UnreadableFile:
        assert await count(city, Upload) == before
    else:
        assert view.report is None


async def test_a_file_that_changed_nothing_is_loaded_without_harm(city, services, operator, clock):
    content = csv_file([["Название", "Округ"], ["Школа № 77", "Северный"]])
    first = await services.uploads.check(sent(Kind.SCHOOLS), content, operator)
    await services.uploads.load(first.id, content, operator, skip_invalid=False)
    clock.advance(timedelta(days=3))
    second = await services.uploads.check(sent(Kind.SCHOOLS), content, operator)
    assert second.report.unchanged == 1
    done = await services.uploads.load(second.id, content, operator, skip_invalid=False)
    assert (done.report.new, done.report.unchanged) == (0, 1)
    assert await count(city, School) == 1


async def test_a_file_that_nobody_decided_on_for_a_month_is_forgotten(city, services, operator, clock):
    content = courses(GOOD)
    old = await services.uploads.check(sent(), content, operator)
    clock.advance(timedelta(days=20))
    young = await services.uploads.check(sent(), content, operator)
    clock.advance(timedelta(days=11))
    assert await services.keeping.clear() == 1
    with pytest.raises(NotAllowed):
        await services.uploads.load(old.id, content, operator, skip_invalid=False)
    assert (await services.uploads.find(young.id, operator)).id == young.id
