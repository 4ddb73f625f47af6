"""Documents and pictures: a template beside this file and what it is told become a PDF, or a PNG."""

import asyncio
import re
import unicodedata
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import orjson

from domain.errors import DocumentLate, DocumentTooLong

TEMPLATES: Final = Path(__file__).parent
LONGEST: Final = 2_000_000
"""Bytes of JSON: a template is ours and ends, so what it is told bounds the time and the memory it takes."""
PATIENCE: Final = 30.0
"""Seconds that somebody waits for a document, those before it included."""

_UNBROKEN: Final = re.compile(r"\S{24,}")
_EVERY: Final = 8

Format: TypeAlias = Literal["pdf", "png"]
A_PIXEL_A_POINT: Final = 72.0
"""Dots an inch: the page of a picture is as wide in pixels as its template says in points."""

_typesetter: Final = ThreadPoolExecutor(1, "typesetter")
"""One document at a time, beside the loop: the compiler lets go of the interpreter while it works."""


async def typeset(
    template: str,
    told: Mapping[str, Any],
    patience: float = PATIENCE,
    kind: Format = "pdf",
    dots: float = A_PIXEL_A_POINT,
) -> bytes:
    """A template (`NAME.typ`) as a PDF, or the only page of it as a PNG; it finds what it is told as JSON in
    `sys.inputs.told`.

    What is told is never read as markup. `patience` is in seconds, `dots` are those of a picture, an inch.
    Raises: DocumentTooLong, DocumentLate.
    """
    said = orjson.dumps(told)
    if len(said) > LONGEST:
        raise DocumentTooLong
    setting = asyncio.get_running_loop().run_in_executor(_typesetter, _compile, template, said.decode(), kind, dots)
    try:
        return await asyncio.wait_for(setting, patience)
    except TimeoutError:
        raise DocumentLate from None


def _compile(template: str, told: str, kind: Format, dots: float) -> bytes:
    """The fonts inside the compiler, and no other: a document looks the same on every machine."""
    import typst  # 7 MiB, for the first document only

    made = typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        format=kind,
        ppi=dots,
        ignore_system_fonts=True,
        sys_inputs={"told": told},
    )
    assert isinstance(made, bytes)
    return made


def breakable(text: str) -> str:
    """The text in one line, without control characters; words longer than a column may be broken anywhere."""
    line = "".join(sign for sign in " ".join(text.split()) if unicodedata.category(sign) != "Cc")
    return _UNBROKEN.sub(lambda word: "\u200b".join(re.findall(f".{{1,{_EVERY}}}", word[0])), line)
