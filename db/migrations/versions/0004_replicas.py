"""Replicas: the order within a chat, and leases."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

UNHANDLED = sa.text("handled_at IS NULL")
OPEN = sa.text("handled_at IS NULL OR claimed_until IS NOT NULL")


def upgrade() -> None:
    """Climb."""
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.execute("UPDATE updates SET claimed_until = NULL WHERE handled_at IS NOT NULL")
    with op.batch_alter_table("updates", schema=None) as batch_op:
        batch_op.drop_index("ix_updates_unhandled", sqlite_where=UNHANDLED, postgresql_where=UNHANDLED)
        batch_op.create_index(
            "ix_updates_open", ["chat_id", "update_id"], unique=False, sqlite_where=OPEN, postgresql_where=OPEN
        )


def downgrade() -> None:
    """Climb down."""
    with op.batch_alter_table("updates", schema=None) as batch_op:
        batch_op.drop_index("ix_updates_open", sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index(
            "ix_updates_unhandled", ["claimed_until"], unique=False, sqlite_where=UNHANDLED, postgresql_where=UNHANDLED
        )

    op.drop_table("leases")
