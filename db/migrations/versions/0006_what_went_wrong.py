"""What went wrong: the lists that operators see, and faults they were told of."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FAILED = sa.text("failed_at IS NOT NULL")
SET_ASIDE = sa.text("failure IS NOT NULL")


def upgrade() -> None:
    """Climb."""
    op.create_table(
        "faults",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faults")),
        sa.UniqueConstraint("name", "place", name=op.f("uq_faults_name_place")),
    )
    op.create_index(
        "ix_notifications_failed",
        "notifications",
        ["failed_at", "id"],
        unique=False,
        sqlite_where=FAILED,
        postgresql_where=FAILED,
    )
    op.create_index(
        "ix_updates_set_aside",
        "updates",
        ["handled_at", "update_id"],
        unique=False,
        sqlite_where=SET_ASIDE,
        postgresql_where=SET_ASIDE,
    )


def downgrade() -> None:
    """Climb down."""
    op.drop_index("ix_updates_set_aside", "updates", sqlite_where=SET_ASIDE, postgresql_where=SET_ASIDE)
    op.drop_index("ix_notifications_failed", "notifications", sqlite_where=FAILED, postgresql_where=FAILED)
    op.drop_table("faults")
