"""Files that people send into the chat: looked at first, loaded at their sender's word, once."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from db import staffing, uploads
from db.engine import Database
from domain.catalogue import NoHeader
from domain.clock import Calendar
from domain.errors import NotAllowed, UploadSettled
from domain.person import Person
from domain.status import Move
from domain.uploads import CATALOGUE, Kind
from services.enrolment_files import EnrolmentFiles
from services.imports import First, ImportReport, Imports, Progress, silent
from services.running import course_of_staff


class Load(Protocol):
    """Looks at a file, or brings it in."""

    async def __call__(
        self, name: str, content: bytes, *, dry_run: bool, skip_invalid: bool, progress: Progress, first: First | None
    ) -> ImportReport:
        """Raises: UnreadableFile, NoHeader, and what `first` raises."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent: what is in it, as far as that is known, and the course it is about, if any."""

    name: str
    file_id: str
    kind: Kind
    subject_id: int | None = None


@dataclass(frozen=True, slots=True)
class UploadView:
    """A file, and what looking at it or loading it found. `report` None: what is in it is not known yet."""

    id: int
    sent: Sent
    report: ImportReport | None = None


class Uploads:
    """Use cases of whoever sends a file: an operator, or a provider's staff.

    One file at a time is read in a process: reading takes memory.
    """

    def __init__(
        self, database: Database, calendar: Calendar, imports: Imports, enrolment_files: EnrolmentFiles
    ) -> None:
        self._database = database
        self._calendar = calendar
        self._imports = imports
        self._enrolment_files = enrolment_files
        self._one_at_a_time = asyncio.Semaphore()

    async def require(self, kind: Kind, subject_id: int | None, by: Person) -> None:
        """Whether somebody may send such a file.

        Raises: NotAllowed.
        """
        async with self._database.read() as connection:
            await self._require(connection, kind, subject_id, by)

    async def check(self, sent: Sent, content: bytes, by: Person, progress: Progress = silent) -> UploadView:
        """Look at a file without writing what it says; it waits for its sender's word.

        Raises: NotAllowed, UnreadableFile, NoHeader.
        """
        await self.require(sent.kind, sent.subject_id, by)
        kind, report = await self._looked_at(sent, content, by, progress)
        known = Sent(sent.name, sent.file_id, kind, sent.subject_id)
        async with self._database.write() as tx:
            await self._require(tx, kind, sent.subject_id, by)
            now = self._calendar.now()
            upload_id = await uploads.add(tx, by.id, kind.value, sent.subject_id, sent.name, sent.file_id, now)
        return UploadView(upload_id, known, report)

    async def find(self, upload_id: int, by: Person) -> UploadView:
        """One's own file that waits.

        Raises: NotAllowed (also where it is somebody else's), UploadSettled.
        """
        async with self._database.read() as connection:
            row = await uploads.one(connection, upload_id, by.id)
            if row is None:
                raise NotAllowed
            sent = Sent(row.name, row.file_id, Kind(row.kind), row.subject_id)
            await self._require(connection, sent.kind, sent.subject_id, by)
        if row.settled_at is not None:
            raise UploadSettled
        return UploadView(upload_id, sent)

    async def call(
        self, upload_id: int, kind: Kind, content: bytes, by: Person, progress: Progress = silent
    ) -> UploadView:
        """Its sender says what is in a file whose headings did not tell; it is looked at as such.

        Raises: NotAllowed, UploadSettled, UnreadableFile, NoHeader.
        """
        waits = await self.find(upload_id, by)
        if waits.sent.kind is not Kind.UNKNOWN or kind not in _TOLD_APART:
            raise NotAllowed
        sent = Sent(waits.sent.name, waits.sent.file_id, kind)
        _, report = await self._looked_at(sent, content, by, progress)
        async with self._database.write() as tx:
            await self._require(tx, kind, None, by)
            if not await uploads.call(tx, upload_id, kind.value, Kind.UNKNOWN.value):
                raise UploadSettled
        return UploadView(upload_id, sent, report)

    async def load(
        self, upload_id: int, content: bytes, by: Person, *, skip_invalid: bool, progress: Progress = silent
    ) -> UploadView:
        """Bring a file in, once: in the very transaction that says so. With faults, and without `skip_invalid`, it is
        not brought in and goes on waiting.

        Raises: NotAllowed, UploadSettled, UnreadableFile, NoHeader.
        """
        waits = await self.find(upload_id, by)
        sent = waits.sent

        async def first(tx: AsyncConnection) -> None:
            await self._require(tx, sent.kind, sent.subject_id, by)
            if not await uploads.settle(tx, upload_id, self._calendar.now()):
                raise UploadSettled

        load = self._load(sent.kind, sent.subject_id, by)
        async with self._one_at_a_time:
            report = await load(
                sent.name, content, dry_run=False, skip_invalid=skip_invalid, progress=progress, first=first
            )
        return UploadView(upload_id, sent, report)

    async def drop(self, upload_id: int, by: Person) -> UploadView:
        """Its sender wants the file no more.

        Raises: NotAllowed, UploadSettled.
        """
        waits = await self.find(upload_id, by)
        async with self._database.write() as tx:
            if not await uploads.settle(tx, upload_id, self._calendar.now()):
                raise UploadSettled
        return waits

    async def _looked_at(
        self, sent: Sent, content: bytes, by: Person, progress: Progress
    ) -> tuple[Kind, ImportReport | None]:
        """What is in the file, and the report on it; None, where its headings do not tell."""
        kinds = _TOLD_APART if sent.kind is Kind.UNKNOWN else (sent.kind,)
        async with self._one_at_a_time:
            for kind in kinds:
                look = partial(self._load(kind, sent.subject_id, by), dry_run=True, skip_invalid=False, first=None)
                try:
                    return kind, await look(sent.name, content, progress=progress)
                except NoHeader:
                    if sent.kind is not Kind.UNKNOWN:
                        raise
        return Kind.UNKNOWN, None

    def _load(self, kind: Kind, subject_id: int | None, by: Person) -> Load:
        if kind in CATALOGUE:
            return self._imports.schools if kind is Kind.SCHOOLS else self._imports.courses
        assert subject_id is not None
        moving = Move.COMPLETE if kind is Kind.COMPLETIONS else Move.ENROL
        return partial(self._enrolment_files.bring, moving, subject_id, by)

    async def _require(self, connection: AsyncConnection, kind: Kind, subject_id: int | None, by: Person) -> None:
        if kind not in CATALOGUE:
            await course_of_staff(connection, subject_id or 0, by.id)
        elif not (await staffing.standing(connection, by.id, None, self._calendar.today())).operator:
            raise NotAllowed


_TOLD_APART: Final = (Kind.COURSES, Kind.SCHOOLS)
"""What headings tell, asked in this order: a file of courses names four columns, one of schools two of any list."""
