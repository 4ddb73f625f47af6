"""The command line, as whoever sets up the portal meets it."""

import asyncio
from pathlib import Path

from sqlalchemy import select

from db.engine import Database
from db.tables import Course, School
from playground.stand_in import StandIn
from tests.files import csv_file
from tests.journeys.conftest import TOKEN
from tests.running import command

HEADER = ["Шифр", "Название", "Организация", "Финансирование", "Часы"]
GOOD = ["ГМЦ-0001-Д", "Картография", "Методический центр", "бюджет", "36"]
BAD = ["", "Курс без шифра", "Методический центр", "бюджет", "много"]


async def _codes(url: str) -> list[str]:
    database = Database(url)
    async with database.read() as connection:
        codes = list((await connection.execute(select(Course.code).order_by(Course.code))).scalars())
    await database.close()
    return codes


async def _names(url: str) -> list[str]:
    database = Database(url)
    async with database.read() as connection:
        names = list((await connection.execute(select(School.name))).scalars())
    await database.close()
    return names


def _file(folder: Path, *rows: list[str]) -> Path:
    file = folder / "courses.csv"
    file.write_bytes(csv_file([HEADER, *rows]))
    return file


async def test_without_a_token_the_bot_stops_and_says_where_to_get_one(tmp_path: Path) -> None:
    done = await command(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db")
    assert done.code == 2
    assert "@BotFather" in done.err + done.out
    assert "Traceback" not in done.err


async def test_every_command_explains_itself_in_russian() -> None:
    imports = ("migrate", "import-courses", "import-schools", "import-demo")
    names = (*imports, "invite", "invitations", "revoke", "backup", "restore", "demo")
    for done in await asyncio.gather(*(command(name, "--help") for name in names)):
        assert done.code == 0
        assert any("а" <= letter <= "я" for letter in done.out)


async def test_a_file_is_loaded_into_a_database_that_was_not_there(database_url: str, tmp_path: Path) -> None:
    done = await command("import-courses", _file(tmp_path, GOOD), DATABASE_URL=database_url)
    assert (done.code, done.err) == (0, "")
    assert await _codes(database_url) == ["ГМЦ-0001-Д"]
    again = await command("import-courses", _file(tmp_path, GOOD), DATABASE_URL=database_url)
    assert again.code == 0
    assert "без изменений" in again.out.lower() or "не изменил" in again.out.lower()


async def test_a_bad_row_holds_the_whole_file_back_unless_told_otherwise(tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path}/bot.db"
    file = _file(tmp_path, GOOD, BAD)
    held = await command("import-courses", file, DATABASE_URL=database_url)
    assert held.code == 1
    assert "3" in held.out
    assert await _codes(database_url) == []
    dry = await command("import-courses", file, "--dry-run", "--skip-invalid", DATABASE_URL=database_url)
    assert await _codes(database_url) == []
    assert "Traceback" not in dry.err
    skipped = await command("import-courses", file, "--skip-invalid", DATABASE_URL=database_url)
    assert skipped.code == 0
    assert await _codes(database_url) == ["ГМЦ-0001-Д"]


async def test_what_is_no_table_or_not_there_is_one_clear_line(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"
    junk = tmp_path / "junk.xlsx"
    junk.write_bytes(b"MZ\x00\x01 not a table")
    for file in (junk, tmp_path / "missing.csv"):
        done = await command("import-courses", file, DATABASE_URL=url)
        assert done.code in (1, 2)
        assert "Traceback" not in done.err
        assert done.err.strip() or done.out.strip()


async def test_an_invitation_is_a_link_alone_and_names_must_fit(database_url: str) -> None:
    loaded = await command("import-demo", DATABASE_URL=database_url)
    assert loaded.code == 0, loaded.out + loaded.err
    assert len(await _codes(database_url)) >= 150
    names = await _names(database_url)
    unique = next(name for name in names if names.count(name) == 1)
    twice = next(name for name in names if names.count(name) > 1)
    async with await StandIn.start(token=TOKEN) as stand_in:
        settings = {"BOT_TOKEN": TOKEN, "BOT_API_URL": stand_in.url, "DATABASE_URL": database_url}
        done = await command("invite", "head", "--school", unique, **settings)
        assert done.code == 0, done.err
        link = done.out.strip()
        assert link.startswith(f"https://t.me/{stand_in.world.bot.username}?start=inv_")
        assert len(link.partition("=")[2]) <= 64
        listed = await command("invitations", **settings)
        assert listed.out.count("\n") == 1
        assert "руководитель школы" in listed.out
        assert unique in listed.out
        number = listed.out.split()[0]
        for code in (0, 2):
            revoked = await command("revoke", number, **settings)
            assert revoked.code == code
            assert "Traceback" not in revoked.err
        wrong = (
            ["head"],
            ["head", "--school", "Хогвартс"],
            ["head", "--school", twice],
            ["provider"],
            ["deputy", "--school", unique],
        )
        for refused in await asyncio.gather(*(command("invite", *arguments, **settings) for arguments in wrong)):
            assert refused.code in (1, 2)
            assert refused.out == ""
            assert "Traceback" not in refused.err
