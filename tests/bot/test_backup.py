"""A copy of the database: whole while others write, refused where it is none, and the bot goes on from it."""

import asyncio
import shutil
import sqlite3
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiogram import Router
from aiogram.types import Message
from sqlalchemy import select

from db import backup
from db.backup import back_up
from db.engine import Database
from db.tables import Application, ApplicationEvent, Update
from domain.backups import BackupRefused, Refusal
from domain.clock import utc_now
from domain.status import LIVE
from playground.stand_in import StandIn
from services.intake import LEASE, Incoming
from services.portal import Services
from services.prompting import Screen
from tests.bot.conftest import Open
from tests.city import City
from tests.conftest import Clock, Databases
from tests.running import command, environment

LARGE = 12 * 1024 * 1024
"""Bytes: a copy of some steps."""


@pytest.fixture
async def database_url(databases: Databases) -> AsyncIterator[str]:
    """A file."""
    async with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def place(database_url: str) -> Path:
    """Where it is."""
    return Path(database_url.removeprefix("sqlite:///"))


def restored(copy: Path, place: Path, *, force: bool = False) -> Path | None:
    return backup.restore(copy, place, utc_now(), force=force)


def refusal(copy: Path, place: Path, *, force: bool = True) -> Refusal:
    with pytest.raises(BackupRefused) as refused:
        restored(copy, place, force=force)
    return refused.value.reason


async def busy_school(city: City, made: list[int]) -> None:
    """A teacher who applies and a head who approves, without end; an update is stored with each."""
    school = await city.school()
    head, teacher = await city.person(head_of=school), await city.person(school)
    while True:
        application = (await city.services.applications.apply(await city.course(), teacher)).application
        await city.services.approvals.approve(application.id, 1, head, Screen(head.chat_id, application.id))
        made.append(application.id)
        await city.services.intake.store([Incoming(1_000_000 + application.id, 5, "{}")])


async def broken_lives(database: Database) -> list[Any]:
    """Applications whose state is not where their history ends, or that live twice."""
    histories: dict[int, list[Any]] = defaultdict(list)
    async with database.read() as connection:
        for event in await connection.execute(select(ApplicationEvent.__table__).order_by(ApplicationEvent.id)):
            histories[event.application_id].append(event)
        applications = (await connection.execute(select(Application.__table__))).all()
    assert applications
    living = [(row.user_id, row.course_id) for row in applications if row.status in LIVE]
    assert len(living) == len(set(living))

    def whole(row: Any) -> bool:
        history = histories[row.id]
        steps = [None, *(event.to_status for event in history)]
        return [event.from_status for event in history] == steps[:-1] and steps[-1] is row.status

    return [row for row in applications if not whole(row) or len(histories[row.id]) != row.version]


async def test_a_copy_taken_under_load_is_whole_and_the_bot_goes_on_from_it(
    router: Router,
    services: Services,
    database: Database,
    stand_in: StandIn,
    open_application: Open,
    clock: Clock,
    place: Path,
    tmp_path: Path,
) -> None:
    @router.message()
    async def greet(message: Message) -> None:
        await message.answer("и снова здравствуйте")

    person = stand_in.person()
    await person.starts()
    stand_in.world.updates.drop_all()  # they were confirmed before the copy, and live in it alone
    text = {"message_id": 1, "date": 1, "text": "привет", "chat": {"id": person.id, "type": "private"}}
    payload = orjson.dumps({"update_id": 7, "message": text}).decode()
    await services.intake.store([Incoming(number, 6, "{" + " " * (LARGE // 8) + "}") for number in range(10, 18)])
    await services.intake.finish(list(range(10, 18)))
    await services.intake.store([Incoming(7, person.id, payload)])

    city, made, before = City(database, services), list[int](), 0
    writers = [asyncio.create_task(busy_school(city, made)) for _ in range(3)]
    copy = tmp_path / "copy.db"
    while not 3 < before < len(made):  # some were made before it was taken, and some meanwhile
        before = len(made)
        await asyncio.to_thread(back_up, place, copy, force=True)
    for writer in writers:
        assert not writer.done()
        writer.cancel()
    await asyncio.gather(*writers, return_exceptions=True)

    elsewhere = tmp_path / "elsewhere" / "bot.db"
    assert restored(copy, elsewhere) is None
    clock.advance(LEASE)
    application = await open_application(database_url=f"sqlite:///{elsewhere}")
    await person.hears("и снова здравствуйте")
    await application.stop()  # what only answered is marked as handled a moment later
    opened = Database(f"sqlite:///{elsewhere}")
    assert await broken_lives(opened) == []
    async with opened.read() as connection:
        handled = await connection.scalar(select(Update.handled_at).where(Update.update_id == 7))
    await opened.close()
    assert handled is not None


async def test_a_copy_comes_back_over_what_stands_there_only_by_force_and_keeps_it_aside(
    services: Services, database: Database, place: Path, tmp_path: Path
) -> None:
    city = City(database, services)
    kept = await city.person(name="Соколова Анна")
    copy = tmp_path / "copy.db"
    back_up(place, copy)
    assert copy.stat().st_mode & 0o077 == 0, "it holds names and addresses"
    await city.put_person(kept, full_name="Орлова Анна")
    await database.close()
    assert refusal(copy, place, force=False) is Refusal.WOULD_OVERWRITE
    aside = restored(copy, place, force=True)
    assert aside is not None
    names = []
    for file in (place, aside):
        with closing(sqlite3.connect(file)) as connection:
            names.append(connection.execute("SELECT full_name FROM users").fetchone()[0])
    assert names == ["Соколова Анна", "Орлова Анна"]
    assert not list(place.parent.glob("*.part*"))


async def test_nothing_is_brought_back_under_a_bot_that_runs(
    open_application: Open, place: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    back_up(place, copy)
    application = await open_application()
    assert refusal(copy, place) is Refusal.IN_USE
    await application.stop()
    assert restored(copy, place, force=True) is not None


def test_a_damaged_database_gives_way_and_stays_aside(place: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(place, copy)
    place.write_bytes(b"no database any more" * 1_000)
    aside = restored(copy, place, force=True)
    assert aside is not None
    assert aside.read_bytes().startswith(b"no database")
    with closing(sqlite3.connect(place)) as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)


def spoiled(copy: Path, *statements: str) -> None:
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_what_is_no_copy_of_ours_is_refused_and_changes_nothing(place: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(place, copy)
    files = {name: tmp_path / f"{name}.db" for name in ("junk", "empty", "half", "torn", "other", "newer")}
    files["junk"].write_bytes(b"MZ\x00\x01" * 3_000)
    files["empty"].touch()
    files["half"].write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    torn = bytearray(copy.read_bytes())
    torn[4096 * 3 : 4096 * 9] = b"\xff" * 4096 * 6
    files["torn"].write_bytes(torn)
    spoiled(files["other"], "CREATE TABLE notes (text)")
    shutil.copy(copy, files["newer"])
    spoiled(files["newer"], "UPDATE alembic_version SET version_num = '9999'")
    before = place.read_bytes()
    assert {name: refusal(file, place) for name, file in files.items()} == {
        "junk": Refusal.DAMAGED,
        "empty": Refusal.NOT_OURS,
        "half": Refusal.DAMAGED,
        "torn": Refusal.DAMAGED,
        "other": Refusal.NOT_OURS,
        "newer": Refusal.NEWER,
    }
    assert refusal(tmp_path / "missing.db", place) is Refusal.NO_FILE
    assert refusal(place, place) is Refusal.SAME_FILE
    assert place.read_bytes() == before
    assert not list(place.parent.glob("*.part*"))


def test_a_copy_is_not_written_over_a_file_that_is_there(place: Path, tmp_path: Path) -> None:
    taken = tmp_path / "letter.txt"
    taken.write_text("важное")
    for file, reason in ((taken, Refusal.TAKEN), (place, Refusal.SAME_FILE), (tmp_path / "no" / "x", Refusal.NO_FILE)):
        with pytest.raises(BackupRefused) as refused:
            back_up(place, file)
        assert refused.value.reason is reason
    assert taken.read_text() == "важное"
    with pytest.raises(BackupRefused):
        back_up(tmp_path / "nothing.db", tmp_path / "copy.db")


async def test_the_commands_say_what_they_did(database_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    done = await command("backup", copy, DATABASE_URL=database_url)
    assert (done.code, done.err) == (0, "")
    assert "Копия готова" in done.out
    held = await command("restore", copy, DATABASE_URL=database_url)
    assert held.code == 2
    assert "--force" in held.err
    done = await command("restore", copy, "--force", DATABASE_URL=database_url)
    assert (done.code, done.err) == (0, "")
    assert "Прежняя база осталась здесь" in done.out


@pytest.mark.parametrize(("name", "program"), [("backup", "pg_dump"), ("restore", "pg_restore")])
async def test_for_postgresql_the_command_is_shown_without_the_password(name: str, program: str) -> None:
    done = await command(name, "a b.dump", DATABASE_URL="postgresql://anna:s3cret@db.example.org:6432/portal")
    assert done.code == 2
    assert f"\n{program} " in done.err
    assert "'a b.dump'" in done.err
    assert all(part in done.err for part in ("--host=db.example.org", "--port=6432", "--username=anna", "portal"))
    assert "s3cret" not in done.err + done.out


async def test_a_copy_needs_nothing_of_telegram(database_url: str, tmp_path: Path) -> None:
    code = "import sys; from bot.cli import app; app(standalone_mode=False); sys.exit('aiogram' in sys.modules)"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, "backup", str(tmp_path / "copy.db"), env=environment(DATABASE_URL=database_url)
    )
    assert await process.wait() == 0
