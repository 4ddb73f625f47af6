"""The catalogue's first page comes off an index, however many courses there are."""

from collections.abc import Sequence

from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Climb."""
    op.create_index("ix_courses_starts", "courses", ["published", "starts_on", "code", "closes_on"])


def downgrade() -> None:
    """Climb down."""
    op.drop_index("ix_courses_starts", "courses")
