"""What is read about files and settings fits a message, whatever people have sent."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.catalogue import SHOWN_VALUE, Fault, Problem
from domain.person import NAME_LIMIT
from domain.settings import CONSENT_LENGTH, MOST_REASONS, REASON_LENGTH, Name, PortalSettings, Reason, Reasons
from domain.uploads import FILE_NAME_LIMIT, Kind
from services.imports import ImportReport
from services.settings import Changed, SettingsView
from services.uploads import Sent, UploadView
from tests.texts.test_texts import plain
from texts import portal_settings, uploads

MESSAGE = 4096
MOSCOW = ZoneInfo("Europe/Moscow")


def length(text):
    return len(text.as_kwargs()["text"].encode("utf-16-le")) // 2


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.UNKNOWN])
@pytest.mark.parametrize("written", [True, False])
def test_a_report_with_the_longest_faults_fits(kind, written):
    for problem in Problem:
        fault = Fault(200_000, "я" * 100, problem, "я" * SHOWN_VALUE, 100, 199_999)
        report = ImportReport(1, 1, 1, (fault,) * 20_000, 20_000, dry_run=not written, written=written)
        said = uploads.checked(UploadView(1, Sent("я" * FILE_NAME_LIMIT, "id", kind), report))
        assert length(said) <= MESSAGE
        assert "None" not in said.as_kwargs()["text"]


@pytest.mark.parametrize("name", [None, "", "\x00", " \n ", "я" * 500, "=cmd\u202exslx.exe"])
def test_a_file_always_has_a_name_that_can_be_kept(name):
    named = uploads.named(name)
    assert 0 < len(named) <= FILE_NAME_LIMIT
    assert named.isprintable()


def test_progress_counts_rows_once():
    assert uploads.progress(12_000, 100_000) == "⏳ Проверяю: 12\xa0000 из 50\xa0000 строк…"
    assert uploads.progress(50_001, 100_000) == "⏳ Записываю: 1 из 50\xa0000 строк…"
    assert "1 из 1 строки" in uploads.progress(1, 2)


@pytest.mark.parametrize("name", Name)
def test_every_setting_says_what_it_does_and_fits_at_its_longest(name):
    full = Reasons(tuple(Reason(number, "я" * REASON_LENGTH) for number in range(MOST_REASONS)), MOST_REASONS)
    consent = "я" * CONSENT_LENGTH
    changed = {name: Changed(datetime(2027, 2, 1, tzinfo=UTC), "я" * NAME_LIMIT)}
    view = SettingsView(PortalSettings(reasons=full, consent="2027-02-01-12"), changed, consent)
    value = {Name.QUIET: [21, 8], Name.REASONS: "я" * REASON_LENGTH, Name.CONSENT: consent}.get(name, 100)
    screens = (
        portal_settings.one(name, view, MOSCOW),
        portal_settings.confirm(name, value, view),
        portal_settings.asked(name),
        portal_settings.all_of_them(view),
    )
    assert all(length(screen) <= MESSAGE for screen in screens)
    assert portal_settings.EFFECTS[name] in screens[0].as_kwargs()["text"]
    assert portal_settings.EFFECTS[name] in screens[1].as_kwargs()["text"]


@pytest.mark.parametrize("kind", Kind)
def test_a_file_of_any_kind_can_be_asked_for_whatever_the_button_says(kind):
    assert "Подойдут" in plain(uploads.asked(kind))


def test_when_the_last_ready_reason_is_gone_the_setting_says_so():
    view = SettingsView(PortalSettings(reasons=Reasons((), 3)), {}, None)
    assert "Готовых причин нет" in plain(portal_settings.one(Name.REASONS, view, MOSCOW))
