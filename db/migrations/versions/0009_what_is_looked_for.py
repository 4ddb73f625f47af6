"""Indexes of what the clock, the queues and the summaries look for among all that ever was."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OPEN_ONLY = sa.text("status = 'pending' OR status = 'approved'")
CANCELLED = sa.text("cancelled_at IS NOT NULL")


def upgrade() -> None:
    """Climb."""
    op.create_index(
        "ix_applications_open",
        "applications",
        ["status", "school_id", "id"],
        sqlite_where=OPEN_ONLY,
        postgresql_where=OPEN_ONLY,
    )
    op.create_index("ix_applications_created_at", "applications", ["created_at"])
    op.create_index("ix_application_events_at", "application_events", ["at"])
    op.create_index("ix_courses_cancelled", "courses", ["id"], sqlite_where=CANCELLED, postgresql_where=CANCELLED)
    op.create_index("ix_courses_starts_on", "courses", ["starts_on"])
    op.create_index("ix_groups_starts_on", "groups", ["starts_on"])


def downgrade() -> None:
    """Climb down."""
    op.drop_index("ix_groups_starts_on", "groups")
    op.drop_index("ix_courses_starts_on", "courses")
    op.drop_index("ix_courses_cancelled", "courses")
    op.drop_index("ix_application_events_at", "application_events")
    op.drop_index("ix_applications_created_at", "applications")
    op.drop_index("ix_applications_open", "applications")
