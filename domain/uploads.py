"""Files that people send into the chat to be imported."""

from enum import StrEnum
from typing import Final

from domain.errors import FileTooLarge

MAX_DOWNLOAD_BYTES: Final = 20 * 1024 * 1024
"""What a bot can fetch from Telegram."""
FILE_NAME_LIMIT: Final = 100


class Kind(StrEnum):
    """What is in such a file."""

    UNKNOWN = "unknown"
    """Its headings do not tell: its sender will."""
    COURSES = "courses"
    SCHOOLS = "schools"
    ENROLMENTS = "enrolments"
    COMPLETIONS = "completions"


CATALOGUE: Final = frozenset({Kind.UNKNOWN, Kind.COURSES, Kind.SCHOOLS})
"""What operators send; the others are a provider's, about one course."""


def require_size(size: int | None) -> None:
    """A file that Telegram announces can be fetched. None: it does not say, and will when it is asked.

    Raises: FileTooLarge.
    """
    if size is not None and size > MAX_DOWNLOAD_BYTES:
        raise FileTooLarge
