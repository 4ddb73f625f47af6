"""Of the courses that start on a day, those that are still open stand together: the others are not passed over."""

from collections.abc import Sequence

from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Climb."""
    op.drop_index("ix_courses_starts", "courses")
    op.create_index("ix_courses_starts", "courses", ["published", "starts_on", "closes_on", "code"])


def downgrade() -> None:
    """Climb down."""
    op.drop_index("ix_courses_starts", "courses")
    op.create_index("ix_courses_starts", "courses", ["published", "starts_on", "code", "closes_on"])
