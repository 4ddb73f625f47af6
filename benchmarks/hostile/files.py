"""Files that are not what they say, sent to be imported by an operator and by a provider's staff."""

import asyncio
import gzip
import io
import random
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from sqlalchemy import func, select

from benchmarks.hostile.judging import RUSSIAN, shown
from benchmarks.hostile.stage import Stage
from benchmarks.hostile.tally import Tally
from benchmarks.hostile.victims import found
from db.tables import Course, School
from domain.uploads import Kind
from keyboards.ways import AskFile
from playground import people
from playground.person import Person as Phone
from services.spreadsheets import MAX_MEMORY_BYTES, MAX_UNPACKED_BYTES
from tests.files import csv_file, ods, xls, xlsx
from texts.errors import UNEXPECTED
from texts.uploads import READING

MIB: Final = 1024 * 1024
GROWTH: Final = 512 * MIB
"""What the bot itself may grow by while it reads such files."""
WAITS_AT_MOST: Final = 10.0
"""Seconds that somebody else's tap may wait: the phone shows it as unanswered a little later."""
NAMES: Final = (
    "курсы.xlsx", "а.csv", "\u202exslx.exe", "../../etc/passwd", "я" * 4000, "\x00.xlsx", "", "<b>.xlsx", "a\nb.ods",
)  # fmt: skip
HEADER: Final = ["Шифр", "Название", "Организация", "Финансирование"]
PROPER: Final = [HEADER, ["ГМЦ-1", "Картография", "Центр", "бюджет"]]
Build = Callable[[], bytes]


def _zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with(changed: dict[str, bytes], content: bytes | None = None) -> bytes:
    return _zipped({**_members(content or xlsx(PROPER)), **changed})


def _bomb(size: int) -> bytes:
    return _with({"xl/worksheets/sheet1.xml": b" " * size})


def _lying_bomb() -> bytes:
    """A bomb whose directory says that it unpacks to ten bytes."""
    content = bytearray(_bomb(MAX_UNPACKED_BYTES // 4))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.find(mark)
        while at >= 0:
            if content[at + offset : at + offset + 4] > b"\x00\x00\x10\x00":
                content[at + offset : at + offset + 4] = (10).to_bytes(4, "little")
            at = content.find(mark, at + 4)
    return bytes(content)


def _far_apart() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "Шифр")
        sheet.write(1_048_575, 16_383, "x")
    return stream.getvalue()


def _entities(declared: bytes, used: bytes) -> bytes:
    members = _members(xlsx([["ГМЦ", "&"]]))
    head, body = members["xl/sharedStrings.xml"].split(b"?>\n", 1)
    strings = head + b"?>\n<!DOCTYPE l [" + declared + b"]>" + body.replace(b"&amp;", used)
    return _zipped({**members, "xl/sharedStrings.xml": strings})


def _laughs() -> bytes:
    grows = (b'<!ENTITY %c "%s">' % (98 + depth, b"&%c;" % (97 + depth) * 10) for depth in range(12))
    return _entities(b'<!ENTITY a "ha">' + b"".join(grows), b"&m;")


def _ods_without_end() -> bytes:
    members = _members(ods([["ГМЦ"]]))
    row = b'<table:table-row table:number-rows-repeated="1000000">'
    cell = b'<table:table-cell table:number-columns-repeated="16000" '
    content = members["content.xml"].replace(b"<table:table-row>", row).replace(b"<table:table-cell ", cell)
    return _zipped({**members, "content.xml": content})


def _macros() -> bytes:
    kinds = _members(xlsx(PROPER))["[Content_Types].xml"].replace(
        b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
    )
    return _with({"xl/vbaProject.bin": b'\xd0\xcf\x11\xe0Shell("calc.exe")', "[Content_Types].xml": kinds})


def _all_wrong(rows: int) -> bytes:
    return csv_file([[*HEADER, "Часы", "Мест", "Стоимость"], *([["", "", "", "кто", "x", "y", "z"]] * rows)])


QUICK: Final[dict[str, Build]] = {
    "an exe": lambda: b"MZ\x90\x00" + bytes(range(256)) * 40,
    "a PDF": lambda: b"%PDF-1.7\n\x00\xff" * 100,
    "a picture": lambda: b"\x89PNG\r\n\x1a\n\0\0\0" * 100,
    "a web page": lambda: "<html><table><tr><td>Шифр</td></tr></table></html>".encode(),
    "a text document": lambda: _zipped({"word/document.xml": b"<w:document/>"}),
    "half a zip": lambda: xlsx(PROPER)[:2000],
    "a zip in a zip": lambda: _zipped({"a.zip": _zipped({"b.zip": _zipped({"c.zip": b"x"})})}),
    "a zip that climbs": lambda: _zipped({"../../../../tmp/evil": b"x", "xl/workbook.xml": b"<a/>"}),
    "macros": _macros,
    "entities that grow": _laughs,
    "an external entity": lambda: _entities(b'<!ENTITY m SYSTEM "file:///etc/passwd">', b"&m;"),
    "cells far apart": _far_apart,
    "csv with NUL": lambda: b"\xd0\xa8\x00;\x00\n" * 50,
    "csv in UTF-16": lambda: "Шифр;Название".encode("utf-16"),
    "csv in KOI8-R": lambda: "Шифр;Название;Организация;Финансирование\nа;б;в;бюджет".encode("koi8-r"),
    "csv of one endless line": lambda: b"a;" * (2 * MIB),
    "csv of a million columns": lambda: ("Шифр;" * 1_000_000).encode(),
    "an unclosed quote": lambda: b'"' + b"x" * MIB,
    "nothing": lambda: b"\xef\xbb\xbf",
    "spaces": lambda: b" \n" * 1000,
    "formulas": lambda: csv_file([HEADER, ["=cmd|' /C calc'!A0", "@SUM(1)", "+1", "бюджет"]]),
    "markup": lambda: csv_file([HEADER, ["<b>x</b>", "\u202e\u200b", "&amp;", "бюджет"]]),
    "a gzip": lambda: gzip.compress(csv_file(PROPER)),
    "JSON": lambda: b'{"a": [1, 2, 3]}',
    "damaged xls": lambda: xls(PROPER)[:512] + b"\xff" * 4096,
}  # fmt: skip
HEAVY: Final[dict[str, Build]] = {
    "a zip bomb": lambda: _bomb(MAX_UNPACKED_BYTES + 1),
    "a zip bomb that denies it": _lying_bomb,
    "a zip bomb within bounds": lambda: _bomb(MAX_UNPACKED_BYTES - 64 * MIB),
    "a zip of 100,000 files": lambda: _zipped(dict.fromkeys(map(str, range(100_000)), b""), zipfile.ZIP_STORED),
    "ods cells without end": _ods_without_end,
    "one long text in every cell": lambda: xlsx([HEADER, *[["ё" * 30_000] * 10] * 400]),
    "a text of thirty thousand in each of 5,000 cells": lambda: xlsx([HEADER, *[["e" * 30_000] * 4] * 1_250]),
    "100,000 rows that are all wrong": lambda: _all_wrong(100_000),
}


def _peak(whose: int) -> int:
    """The most that this process, or the largest of its children, has held so far, in bytes."""
    return resource.getrusage(whose).ru_maxrss * 1024


def _memory() -> int:
    """What this process holds now, in bytes."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


class Files:
    """Sends them, one after the other, while somebody else goes on tapping."""

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        self._stage = stage
        self._chance = chance
        self._tally = Tally("files that are not what they say")
        self._most = 0
        self._others = _peak(resource.RUSAGE_CHILDREN)

    async def run(self, files: dict[str, Build], *, in_time: bool) -> Tally:
        """`in_time`: that others wait long is a failure, too."""
        victims = await found(self._stage)
        operator, staff = (self._stage.phone(victims.people[role]) for role in ("operator", "staff"))
        bystander = self._stage.phone(victims.people["teacher"])
        ask = AskFile(kind=Kind.ENROLMENTS, subject=victims.ids["course"][4]).pack()
        kept = await self._kept()
        contents = {what: await asyncio.to_thread(build) for what, build in files.items()}
        stopping = asyncio.Event()
        watching = asyncio.create_task(self._watch(bystander, stopping))
        before = self._most = _memory()
        for what, content in contents.items():
            await self._send(operator, what, content)
            await self._stage.taps(staff, ask)
            await self._send(staff, what, content)
        for announced in (2**30, 20 * MIB + 1, -1, 0, None):
            await self._send(operator, f"{announced} bytes announced", b"x;y", file_size=announced)
        await self._send(operator, "a file that is nowhere", b"x;y", file_id="no-such-file")
        stopping.set()
        await watching
        if await self._kept() != kept:
            self._tally.fails("something was loaded without a word of its sender")
        self._bounds(before, in_time=in_time)
        return self._tally

    async def _send(self, phone: Phone, what: str, content: bytes, **others: Any) -> None:
        name = self._chance.choice(NAMES)
        made = people.document_content(self._stage.stand_in.world, name or "x", content)
        document = {**made["document"], "file_name": name, **others}
        told = {key: value for key, value in document.items() if value is not None}
        message = self._stage.message(phone, {"document": told})
        handled = await self._stage.handles({"message": message}, phone)
        self._tally.tried += 1
        read = shown(handled)
        wrong = [handled.failure] if handled.failure else []
        if not read or read[-1] == READING or not RUSSIAN.search(read[-1]):
            wrong.append(f"ends with {read[-1:]}")
        wrong += [f"says {text}" for text in read if text == UNEXPECTED or "root:" in text]
        for line in wrong + self._stage.troubles():
            self._tally.fails(f"{what} ({name[:20]!r}): {line}")

    async def _watch(self, phone: Phone, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            handled = await self._stage.taps(phone, "guide:1")
            self._tally.waited(handled.seconds)
            self._most = max(self._most, _memory())
            if len(handled.answers) != 1:
                self._tally.fails("another person's tap is not answered meanwhile")
            await asyncio.sleep(0.1)

    async def _kept(self) -> tuple[int, int]:
        async with self._stage.database.read() as connection:
            counts = [await connection.scalar(select(func.count()).select_from(table)) for table in (Course, School)]
        return counts[0] or 0, counts[1] or 0

    def _bounds(self, before: int, *, in_time: bool) -> None:
        readers = _peak(resource.RUSAGE_CHILDREN)
        self._tally.note = (
            f"the bot grew by {(self._most - before) // MIB} MiB at the most, a reader took {readers // MIB} MiB; "
            "the slowest answer is that to another person's tap"
        )
        if self._most - before > GROWTH:
            self._tally.fails(f"the bot grew by {(self._most - before) // MIB} MiB")
        # A child is counted from its fork on, when it is as large as this process; and others were there before.
        if readers > max(MAX_MEMORY_BYTES, self._others, _peak(resource.RUSAGE_SELF)):
            self._tally.fails(f"a reader took {readers // MIB} MiB")
        if in_time and self._tally.slowest > WAITS_AT_MOST:
            self._tally.fails(f"another person's tap waited {self._tally.slowest:.1f} s")


async def sent(stage: Stage, chance: random.Random, *, heavy: bool) -> Tally:
    """The quick ones; with `heavy` also those that take seconds each."""
    return await Files(stage, chance).run({**QUICK, **(HEAVY if heavy else {})}, in_time=heavy)
