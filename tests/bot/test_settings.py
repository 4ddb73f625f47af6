"""A wrong setting stops the start with one line that names it and never shows what stands there."""

import os
import stat
from pathlib import Path

import pytest

from bot.secret_key import FILE, secret_key
from bot.settings import ROOT, WrongSetting, place_of, read_settings

TOKEN = "1234567890:" + "s" * 35
PUBLIC = {"WEBHOOK_URL": "https://bot.example.org/hook", "WEBHOOK_SECRET": "abc", "WEBHOOK_LISTEN": "127.0.0.1:8080"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", "hunter2hunter2"),
        ("BOT_API_URL", "ftp://hunter2.example.org"),
        ("DATABASE_URL", "mysql://someone:hunter2@example.org/portal"),
        ("DATABASE_URL", "hunter2"),
        ("DATABASE_URL", "sqlite://"),
        ("REDIS_URL", "http://:hunter2@example.org"),
        ("SMTP_URL", "imap://someone:hunter2@example.org"),
        ("MAIL_FROM", "hunter2"),
        ("TIME_ZONE", "Mars/hunter2"),
        ("TIME_ZONE", "Europe"),
        ("TIME_ZONE", "../hunter2"),
        ("WEBHOOK_URL", "http://hunter2.example.org/hook"),
        ("WEBHOOK_URL", "https://hunter2.example.org:8080/hook"),
        ("WEBHOOK_URL", "hunter2"),
        ("WEBHOOK_SECRET", "hunter2 with spaces"),
        ("WEBHOOK_SECRET", "hunter2" * 40),
        ("WEBHOOK_LISTEN", "hunter2"),
        ("WEBHOOK_LISTEN", "hunter2:port"),
        ("WEBHOOK_LISTEN", "hunter2:99999"),
        ("STATUS_LISTEN", "hunter2"),
        ("STATUS_LISTEN", "hunter2:port"),
        ("SECRET_KEY", "hunter2"),
        ("TAP_LIMIT", "hunter2"),
        ("TAP_LIMIT", "-1"),
        ("LOG_LEVEL", "hunter2"),
        ("LOG_FORMAT", "hunter2"),
    ],
)
def test_a_wrong_value_is_one_line_naming_the_setting_and_hiding_the_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting) as wrong:
        read_settings()
    line = str(wrong.value)
    assert name in line
    assert "\n" not in line
    assert "hunter2" not in line
    assert wrong.value.__cause__ is None
    assert wrong.value.__context__ is None


@pytest.mark.parametrize("missing", ["WEBHOOK_SECRET", "WEBHOOK_LISTEN"])
def test_a_webhook_needs_its_secret_and_a_place_to_listen(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name, value in PUBLIC.items():
        monkeypatch.setenv(name, "" if name == missing else value)
    with pytest.raises(WrongSetting, match=missing):
        read_settings()


def test_what_is_measured_is_not_told_on_the_public_port(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PUBLIC.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("STATUS_LISTEN", PUBLIC["WEBHOOK_LISTEN"])
    with pytest.raises(WrongSetting, match="STATUS_LISTEN"):
        read_settings()


@pytest.mark.parametrize("port", ["", ":443", ":80", ":88", ":8443"])
def test_a_webhook_takes_the_ports_that_telegram_knows(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    for name, value in PUBLIC.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WEBHOOK_URL", f"https://bot.example.org{port}/hook")
    assert place_of(str(read_settings().webhook_listen)) == ("127.0.0.1", 8080)


def test_a_bot_api_server_of_ones_own_may_deliver_by_http_to_any_port(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PUBLIC.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WEBHOOK_URL", "http://10.0.0.5:9000/hook")
    with pytest.raises(WrongSetting, match="WEBHOOK_URL"):
        read_settings()
    monkeypatch.setenv("BOT_API_URL", "http://10.0.0.5:8081")
    assert read_settings().webhook_url == "http://10.0.0.5:9000/hook"


def test_without_any_setting_the_defaults_are_those_of_the_documentation() -> None:
    settings = read_settings()
    assert settings.bot_token is None
    assert settings.bot_api_url == "https://api.telegram.org"
    assert settings.database_url.get_secret_value().endswith(f"{ROOT}/data/bot.db")
    assert settings.time_zone == "Europe/Moscow"


def test_an_empty_value_is_as_good_as_none_and_unknown_names_are_nobodys_business(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "settings").write_text("TIME_ZONE=Asia/Omsk\nREDIS_URL=\nSOMETHING_ELSE=1\n", encoding="utf-8")
    monkeypatch.setenv("ENV_FILE", str(tmp_path / "settings"))
    monkeypatch.setenv("TIME_ZONE", "")
    settings = read_settings()
    assert settings.redis_url is None
    assert settings.time_zone == "Asia/Omsk"


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "settings").write_text("TIME_ZONE=Asia/Omsk\n", encoding="utf-8")
    monkeypatch.setenv("ENV_FILE", str(tmp_path / "settings"))
    monkeypatch.setenv("TIME_ZONE", "Asia/Tomsk")
    assert read_settings().time_zone == "Asia/Tomsk"


def test_a_relative_database_file_is_the_projects_wherever_one_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///data/other.db")
    assert read_settings().database_url.get_secret_value().endswith(f"{ROOT}/data/other.db")


def test_settings_can_be_printed_without_giving_a_secret_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv("DATABASE_URL", "postgresql://portal:hunter2@example.org/portal")
    settings = read_settings()
    assert TOKEN not in f"{settings!r} {settings}"
    assert "hunter2" not in f"{settings!r} {settings}"
    assert {TOKEN, "hunter2"} <= set(settings.secrets)


def test_a_key_is_made_once_beside_the_database_file_for_its_owner_alone(tmp_path: Path) -> None:
    settings = read_settings(database_url=f"sqlite:///{tmp_path}/bot.db")
    key = secret_key(settings)
    assert len(key.get_secret_value()) >= 32
    assert secret_key(settings) == key
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_given_key_is_used_and_on_postgresql_it_must_be_given() -> None:
    server = {"database_url": "postgresql://portal@example.org/portal"}
    assert secret_key(read_settings(**server, secret_key="k" * 40)).get_secret_value() == "k" * 40
    with pytest.raises(WrongSetting, match="SECRET_KEY"):
        secret_key(read_settings(**server))
