"""What operators change: in force at once here, soon elsewhere, and never another meaning for an old button."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from db.tables import Application, Consent, Notification, PortalStaff, Setting, User
from domain.clock import Calendar
from domain.errors import BadHours, BadNumber, NotAllowed, ReasonGone, SettingMoved, TooLong, TooManyReasons, TooShort
from domain.person import Role
from domain.settings import (
    BUILT_IN_CONSENT,
    BUILT_IN_REASONS,
    MOST_REASONS,
    READY_REASONS,
    Name,
    PortalSettings,
    Reasons,
    read_value,
    settings_of,
)
from domain.status import Status
from services.portal import open_portal
from services.settings import LIFE

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture
async def operator(city):
    return await city.person(portal=Role.OPERATOR)


@pytest.fixture
def replica(database, clock):
    """Another process of the portal on the same database."""
    return open_portal(database, Calendar(MOSCOW, clock.now))


def texts_of(reasons):
    return [reason.text for reason in reasons.ready]


async def test_nothing_changed_is_as_the_portal_came(services, operator):
    view = await services.settings.look(operator)
    assert view.values == PortalSettings() == await services.settings.current()
    assert (view.values.hours_norm, view.values.approved_days, view.values.quiet) == (144, 14, (21, 8))
    assert view.changed == {}


async def test_a_change_is_in_force_at_once_and_known_with_its_author_and_soon_to_a_replica(
    services, replica, operator, clock
):
    assert (await replica.settings.current()).hours_norm == 144
    view = await services.settings.change(Name.HOURS_NORM, 72, operator)
    assert (view.changed[Name.HOURS_NORM].by, view.changed[Name.HOURS_NORM].at) == (operator.full_name, clock.now())
    assert (await services.settings.current()).hours_norm == 72
    assert (await services.record_book.look(0, operator)).norm == 72
    clock.advance(LIFE)
    assert (await replica.record_book.look(0, operator)).norm == 72


async def test_a_clock_that_goes_back_keeps_nothing_old(services, replica, operator, clock):
    await replica.settings.current()
    await services.settings.change(Name.HOURS_NORM, 72, operator)
    clock.advance(-timedelta(minutes=5))
    assert (await replica.settings.current()).hours_norm == 72


async def test_approved_applications_expire_after_as_many_days_as_are_set(city, services, operator, clock):
    head = await city.person(await city.school())
    course = await city.course(starts_in=5, closes_in=4, funding="paid")
    application = (await services.applications.apply(course, head)).application.id
    clock.advance(timedelta(days=9))
    await services.expiry.expire()
    assert await city.status(application) is Status.APPROVED
    await services.settings.change(Name.APPROVED_DAYS, 3, operator)
    await services.expiry.expire()
    assert await city.status(application) is Status.EXPIRED


async def test_reminders_wait_for_the_end_of_the_quiet_hours_that_are_set(services, replica, operator, clock):
    noon = clock.now()
    assert not services.calendar.is_quiet(noon)
    await services.settings.change(Name.QUIET, read_value(Name.QUIET, "с 10 до 15"), operator)
    assert services.calendar.is_quiet(noon)
    assert services.calendar.local(services.calendar.out_of_quiet(noon)).hour == 15
    assert not replica.calendar.is_quiet(noon)
    clock.advance(LIFE)
    await replica.settings.refresh()
    assert replica.calendar.is_quiet(noon)
    assert not services.calendar.is_quiet(noon, (22, 7))  # whoever has own hours keeps them
    await services.settings.change(Name.QUIET, read_value(Name.QUIET, "нет"), operator)
    assert not any(services.calendar.is_quiet(noon + timedelta(hours=hour)) for hour in range(24))


async def test_an_old_button_never_comes_to_mean_another_reason(city, services, operator):
    school = await city.school()
    teacher, head = await city.person(school), await city.person(school, head_of=school)
    application = (await services.applications.apply(await city.course(), teacher)).application.id
    _, drawn = await services.approvals.to_reject(application, 1, head)
    assert [reason.text for reason in drawn] == list(READY_REASONS)
    await services.settings.remove_reason(drawn[0].id, operator)
    await services.settings.raise_reason(drawn[3].id, operator)
    view = await services.settings.change(Name.REASONS, "Курс уже пройден", operator)
    assert texts_of(view.values.reasons) == [READY_REASONS[1], READY_REASONS[3], READY_REASONS[2], "Курс уже пройден"]
    with pytest.raises(ReasonGone):
        await services.approvals.reject_because(application, 1, drawn[0].id, head, None)
    assert await city.status(application) is Status.PENDING
    await services.approvals.reject_because(application, 1, drawn[1].id, head, None)
    reason = await city.one(select(Application.reason).where(Application.id == application))
    assert reason == READY_REASONS[1]
    # A new one never takes the id of one that is gone.
    assert view.values.reasons.ready[-1].id not in {each.id for each in drawn}


async def test_a_list_of_no_reasons_leaves_ones_own_words(services, operator):
    for reason in BUILT_IN_REASONS.ready:
        view = await services.settings.remove_reason(reason.id, operator)
    assert view.values.reasons.ready == ()
    with pytest.raises(ReasonGone):
        await services.settings.remove_reason(0, operator)
    assert texts_of((await services.settings.change(Name.REASONS, "Снова есть", operator)).values.reasons) == [
        "Снова есть"
    ]


async def test_another_text_of_the_consent_is_a_version_and_who_agreed_keeps_theirs(city, services, database, operator):
    earlier = await city.person()
    assert (await services.settings.consent()).version == BUILT_IN_CONSENT
    await services.settings.change(Name.CONSENT, "Первый текст", operator)
    first = await services.settings.consent()
    await services.settings.change(Name.CONSENT, "Второй текст", operator)
    second = await services.settings.consent()
    assert (first.text, second.text) == ("Первый текст", "Второй текст")
    assert first.version != second.version
    assert await city.one(select(Consent.text).where(Consent.version == first.version)) == "Первый текст"
    newcomer = await services.people.register(
        7_000_000_001, "Новый Человек", None, "Учитель", None, email="n@example.org", agreed_to=second.version
    )
    assert (await services.privacy.consent(newcomer.person)).text == "Второй текст"
    version = await city.one(select(User.consent_version).where(User.id == earlier.id))
    assert version == BUILT_IN_CONSENT


async def test_nobody_but_an_operator_of_this_very_moment_sees_or_changes_them(city, services, database, operator):
    others = [await city.person(), await city.person(portal=Role.SUPPORT)]
    async with database.write() as tx:
        await tx.execute(delete(PortalStaff).where(PortalStaff.user_id == operator.id))
    for person in (*others, operator):
        with pytest.raises(NotAllowed):
            await services.settings.look(person)
        with pytest.raises(NotAllowed):
            await services.settings.change(Name.HOURS_NORM, 1, person)
        with pytest.raises(NotAllowed):
            await services.settings.remove_reason(0, person)
    assert await city.count(Setting) == 0


async def test_two_operators_at_once_lose_no_reason(city, services, replica, operator):
    second = await city.person(portal=Role.OPERATOR)
    for number in range(3):
        outcomes = await asyncio.gather(
            services.settings.change(Name.REASONS, f"Первая {number}", operator),
            replica.settings.change(Name.REASONS, f"Вторая {number}", second),
            return_exceptions=True,
        )
        kept = set(texts_of((await services.settings.look(operator)).values.reasons))
        for text, outcome in zip((f"Первая {number}", f"Вторая {number}"), outcomes, strict=True):
            assert (text in kept) == (not isinstance(outcome, SettingMoved))


async def test_nobody_is_told_of_a_setting(city, services, operator):
    before = await city.count(Notification)
    await services.settings.change(Name.APPROVED_DAYS, 5, operator)
    assert await city.count(Notification) == before


@pytest.mark.parametrize("text", ["0", "-5", "1001", "сто", "", "1.5", "99999999", "²", "１２"])
def test_what_is_no_sensible_number_is_refused(text):
    with pytest.raises(BadNumber):
        read_value(Name.HOURS_NORM, text)


@pytest.mark.parametrize(("text", "hours"), [("21–8", [21, 8]), ("с 22:00 до 7:00", [22, 7]), ("22 7", [22, 7])])
def test_hours_are_read_as_people_write_them(text, hours):
    assert read_value(Name.QUIET, text) == hours


@pytest.mark.parametrize("text", ["", "днём", "25-8", "21", "21:30-8", "99999-1"])
def test_what_are_no_hours_is_refused(text):
    with pytest.raises(BadHours):
        read_value(Name.QUIET, text)


def test_reasons_are_bounded():
    with pytest.raises(TooLong):
        read_value(Name.REASONS, "я" * 61)
    with pytest.raises(TooShort):
        read_value(Name.CONSENT, " \n ")
    full = Reasons((), 0)
    for number in range(MOST_REASONS):
        full = full.added(f"Причина {number}")
    with pytest.raises(TooManyReasons):
        full.added("Лишняя")


@given(st.lists(st.tuples(st.sampled_from("arm"), st.integers(0, 12)), max_size=30))
def test_an_id_means_one_reason_for_ever(deeds):
    reasons = BUILT_IN_REASONS
    meant: dict[int, str] = {}
    for deed, number in deeds:
        try:
            if deed == "a":
                reasons = reasons.added(f"Причина {number}")
            else:
                reasons = reasons.removed(number) if deed == "r" else reasons.raised(number)
        except (ReasonGone, TooManyReasons):
            continue
        assert settings_of({"reasons": reasons.as_stored()}).reasons == reasons
        for reason in reasons.ready:
            assert meant.setdefault(reason.id, reason.text) == reason.text


def test_what_an_older_or_newer_version_stored_beside_is_left_alone():
    assert settings_of({"of_tomorrow": 5}) == PortalSettings()
