"""Indexes on PostgreSQL hold codes in the order in which lists have them, whatever language the server speaks."""

from collections.abc import Sequence

from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Climb."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE courses ALTER COLUMN code TYPE text COLLATE "C"')


def downgrade() -> None:
    """Climb down."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE courses ALTER COLUMN code TYPE text COLLATE "default"')
