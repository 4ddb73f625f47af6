"""Whole copies of a SQLite database: taken while others write, looked over, and brought back."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from db.migrate import is_known
from domain.backups import BackupRefused, Refusal

PAGES: Final = 1_000
"""Pages copied in one step: 4 MB."""
WAIT_FOR_LOCK: Final = 2.0
"""Seconds: whoever holds the database for longer holds it for good."""
_WAL: Final = "-wal"
_BESIDE: Final = (_WAL, "-shm", "-journal")
_LOCKED: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_NO_DATABASE: Final = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})


def back_up(place: Path, file: Path, *, force: bool = False) -> None:
    """Copy the database at `place` into `file`, as it is at one moment; nobody who writes meanwhile waits.

    The file appears when it is whole; it is one file, without a WAL beside it. `force`: also over a file that is
    there. Raises: BackupRefused.
    """
    _require(place.is_file(), Refusal.NO_DATABASE)
    _require(not file.exists() or not file.samefile(place), Refusal.SAME_FILE)
    _require(force or not file.exists(), Refusal.TAKEN)
    with _beginning(file) as part:
        with _troubles_named(), closing(_opened(place)) as source:
            source.execute("PRAGMA query_only=ON")
            # A transaction of its own keeps this moment while others write; without it each commit of another process
            # makes the copying begin anew.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            _copy(source, part)
            source.execute("ROLLBACK")
        _look_over(part)
        part.replace(file)


def restore(file: Path, place: Path, now: datetime, *, force: bool = False) -> Path | None:
    """Put a copy into the database's place: where what stood there is kept, if anything did.

    It is written under an exclusive lock and in one transaction of SQLite's, so that a bot which starts meanwhile
    finds the old or the new, and a crash leaves the old. Raises: BackupRefused.
    """
    _require(file.is_file(), Refusal.NO_FILE)
    _require(not place.exists() or not file.samefile(place), Refusal.SAME_FILE)
    _require(force or not place.exists(), Refusal.WOULD_OVERWRITE)
    place.parent.mkdir(parents=True, exist_ok=True)
    with _beginning(place) as part:
        with _troubles_named():
            _take(file, part)
        _look_over(part)
        if not place.exists():
            part.replace(place)
            return None
        aside = place.with_name(f"{place.name}.before-{now:%Y%m%d-%H%M%S-%f}")
        try:
            with closing(held_alone(place)) as standing:
                _copy(standing, aside)
                with closing(_opened(part)) as source:
                    source.backup(standing)
        except sqlite3.DatabaseError as fault:
            _require(_kind(fault) not in _LOCKED, Refusal.IN_USE)
            _require(_kind(fault) in _NO_DATABASE, Refusal.NO_FILE)
            _set_aside(place, aside)
            part.replace(place)
    return aside


def _require(right: bool, otherwise: Refusal) -> None:
    if not right:
        raise BackupRefused(otherwise)


@contextmanager
def _beginning(file: Path) -> Iterator[Path]:
    """A new file beside this one, for its owner's eyes: it takes the place of this one, or is gone in the end."""
    part = file.with_name(f"{file.name}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        yield part
    except OSError:
        raise BackupRefused(Refusal.NO_FILE) from None
    finally:
        for leftover in (part, *(_beside(part, ending) for ending in _BESIDE)):
            leftover.unlink(missing_ok=True)


@contextmanager
def _troubles_named() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as fault:
        if _kind(fault) in _LOCKED:
            raise BackupRefused(Refusal.IN_USE) from None
        raise BackupRefused(Refusal.DAMAGED if _kind(fault) in _NO_DATABASE else Refusal.NO_FILE) from None


def _kind(fault: sqlite3.DatabaseError) -> int:
    """The primary code of what SQLite said; 0, where it was not SQLite that said it."""
    return getattr(fault, "sqlite_errorcode", 0) & 0xFF


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)


def _opened(file: Path) -> sqlite3.Connection:
    """What is not there is not made."""
    address = f"{file.resolve().as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=WAIT_FOR_LOCK)


def held_alone(place: Path) -> sqlite3.Connection:
    """The database, with nobody else on it until this is closed.

    Raises: sqlite3.DatabaseError, SQLITE_BUSY where somebody is.
    """
    connection = _opened(place)
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA journal_mode=DELETE")  # brings the WAL in; refused while anybody has it open
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _copy(source: sqlite3.Connection, file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as copy:
        source.backup(copy, pages=PAGES)
        copy.execute("PRAGMA journal_mode=DELETE")


def _take(file: Path, part: Path) -> None:
    """A copy of one's own, since looking into a database may write to it; a WAL beside the file belongs to it."""
    shutil.copyfile(file, part)
    if _beside(file, _WAL).is_file():
        shutil.copyfile(_beside(file, _WAL), _beside(part, _WAL))
    with closing(_opened(part)) as taken:
        taken.execute("PRAGMA journal_mode=DELETE")


def _look_over(file: Path) -> None:
    """Whether it is a whole database of the bot's. Raises: BackupRefused."""
    with _troubles_named(), closing(_opened(file)) as connection:
        _require(connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",), Refusal.DAMAGED)
        named = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
        _require(connection.execute(named).fetchone() == (1,), Refusal.NOT_OURS)
        revisions = [str(row[0]) for row in connection.execute("SELECT version_num FROM alembic_version")]
    _require(len(revisions) == 1, Refusal.NOT_OURS)
    _require(is_known(revisions[0]), Refusal.NEWER)


def _set_aside(place: Path, aside: Path) -> None:
    place.replace(aside)
    for ending in _BESIDE:
        if _beside(place, ending).exists():
            _beside(place, ending).replace(_beside(aside, ending))
