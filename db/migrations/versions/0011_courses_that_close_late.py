"""The catalogue's pages pass over no course that has closed: those that close after their start have an index."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LATE = sa.text("(starts_on IS NULL OR closes_on > starts_on)")


def upgrade() -> None:
    """Climb."""
    op.create_index("ix_courses_late", "courses", ["published", "closes_on"], sqlite_where=LATE, postgresql_where=LATE)


def downgrade() -> None:
    """Climb down."""
    op.drop_index("ix_courses_late", "courses")
