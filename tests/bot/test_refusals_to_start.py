"""A start that cannot be is one line on stderr, without a traceback and without a secret."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.startup import CannotStart
from playground.stand_in import StandIn
from tests.bot.conftest import Open

TOKEN = "1234567890:" + "s" * 35


def _refused(*arguments: str, **settings: str) -> str:
    """The one line a command ends with."""
    done = CliRunner().invoke(app, arguments, env=settings)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert isinstance(done.exception, SystemExit)
    (line,) = done.stderr.splitlines()
    assert "hunter2" not in line
    return line


@pytest.mark.parametrize("arguments", [(), ("migrate",), ("import-demo",), ("invite", "operator")])
def test_a_wrong_setting(arguments: tuple[str, ...]) -> None:
    assert "DATABASE_URL" in _refused(*arguments, DATABASE_URL="mysql://portal:hunter2@example.org/x")


def test_a_database_that_is_away() -> None:
    assert "127.0.0.1:1/" in _refused("migrate", DATABASE_URL="postgresql://portal:hunter2@127.0.0.1:1/portal")


def test_a_database_where_no_file_can_be(tmp_path: Path) -> None:
    (tmp_path / "bot.db").mkdir()
    assert "bot.db" in _refused("migrate", DATABASE_URL=f"sqlite:///{tmp_path}/bot.db")
    (tmp_path / "taken").write_text("")
    assert "taken" in _refused("migrate", DATABASE_URL=f"sqlite:///{tmp_path}/taken/bot.db")
    (tmp_path / "other.db").write_bytes(b"this is no database" * 100)
    assert "other.db" in _refused("migrate", DATABASE_URL=f"sqlite:///{tmp_path}/other.db")


def test_a_telegram_that_is_away_when_a_link_is_wanted(tmp_path: Path) -> None:
    settings = {"BOT_TOKEN": TOKEN, "BOT_API_URL": "http://127.0.0.1:1", "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    assert "http://127.0.0.1:1" in _refused("invite", "operator", **settings)


async def test_a_token_that_telegram_refuses(open_application: Open, stand_in: StandIn) -> None:
    for token in (TOKEN, f"{stand_in.token.partition(':')[0]}:{'s' * 35}"):
        with pytest.raises(CannotStart, match="BOT_TOKEN"):
            await open_application(bot_token=token)


async def test_a_redis_that_is_away(open_application: Open) -> None:
    with pytest.raises(CannotStart, match="REDIS_URL") as away:
        await open_application(redis_url="redis://:hunter2@127.0.0.1:1/0")
    assert "hunter2" not in str(away.value)
