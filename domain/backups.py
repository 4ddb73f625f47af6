"""Why a copy of the database is not taken, or not brought back."""

from enum import StrEnum


class Refusal(StrEnum):
    """What stands in the way."""

    NO_DATABASE = "no_database"
    """There is nothing to copy yet."""
    NO_FILE = "no_file"
    """The copy is not there, or may not be read or written."""
    SAME_FILE = "same_file"
    """The copy is the database itself."""
    TAKEN = "taken"
    """A file stands where the copy is to be written."""
    DAMAGED = "damaged"
    NOT_OURS = "not_ours"
    """A database, but of something else."""
    NEWER = "newer"
    """A later version of the bot has written it."""
    IN_USE = "in_use"
    """A bot or another program holds the database."""
    WOULD_OVERWRITE = "would_overwrite"


class BackupRefused(Exception):
    """Nothing was changed."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason
