"""The editor's file of synonyms, as it lies in the project's folder."""

from functools import cache
from pathlib import Path
from typing import Final

from domain.synonyms import SynonymTable, not_readable, read_synonyms

SYNONYMS: Final = Path(__file__).resolve().parent.parent / "synonyms.txt"


@cache
def kept_synonyms(file: Path = SYNONYMS) -> SynonymTable:
    """The table, read once a process; what is wrong with the file is among its faults, and never keeps a start back."""
    try:
        return read_synonyms(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return SynonymTable({}, ())
    except UnicodeDecodeError:
        return not_readable()
