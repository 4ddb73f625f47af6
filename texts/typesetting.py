"""Documents: a template beside this file and what it is told become a PDF."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import orjson
import typst

from domain.errors import DocumentLate, DocumentTooLong

TEMPLATES: Final = Path(__file__).parent
LONGEST: Final = 2_000_000
"""Bytes of JSON: a template is ours and ends, so what it is told bounds the time and the memory it takes."""
PATIENCE: Final = 30.0
"""Seconds that somebody waits for a document, those before it included."""

_typesetter: Final = ThreadPoolExecutor(1, "typesetter")
"""One document at a time, beside the loop: the compiler lets go of the interpreter while it works."""


async def typeset(template: str, told: Mapping[str, Any], patience: float = PATIENCE) -> bytes:
    """The PDF of a template (`NAME.typ`), which finds what it is told as JSON in `sys.inputs.told`.

    What is told is never read as markup. `patience` is in seconds. Raises: DocumentTooLong, DocumentLate.
    """
    said = orjson.dumps(told)
    if len(said) > LONGEST:
        raise DocumentTooLong
    setting = asyncio.get_running_loop().run_in_executor(_typesetter, _compile, template, said.decode())
    try:
        return await asyncio.wait_for(setting, patience)
    except TimeoutError:
        raise DocumentLate from None


def _compile(template: str, told: str) -> bytes:
    """The fonts inside the compiler, and no other: a document looks the same on every machine."""
    pdf = typst.compile(
        str(TEMPLATES / f"{template}.typ"), format="pdf", ignore_system_fonts=True, sys_inputs={"told": told}
    )
    assert isinstance(pdf, bytes)
    return pdf
