"""Why a database is not carried over to another server."""

from enum import StrEnum


class Obstacle(StrEnum):
    """What stands in the way."""

    NOT_SQLITE = "not_sqlite"
    """What is to be moved is on a server already."""
    NOT_POSTGRESQL = "not_postgresql"
    """Where it is to go is no PostgreSQL."""
    NO_DATABASE = "no_database"
    """There is nothing to move."""
    IN_USE = "in_use"
    """A bot or another program holds the database."""
    NOT_EMPTY = "not_empty"
    """Where it is to go, somebody's rows stand."""
    REFUSED = "refused"
    """PostgreSQL does not take a row."""
    DIFFERS = "differs"
    """A row reads otherwise there."""


class MoveRefused(Exception):
    """Nothing was moved; the target holds no row. `table`: where it happened, if in one."""

    def __init__(self, obstacle: Obstacle, table: str = "") -> None:
        super().__init__(obstacle.value)
        self.obstacle = obstacle
        self.table = table
