"""Filters of the catalogue, kept for each person."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Climb."""
    op.add_column("users", sa.Column("filters", sa.JSON(), server_default="{}", nullable=False))
    for column in ("form", "direction", "audience"):
        op.create_index(f"ix_courses_{column}", "courses", ["published", column])


def downgrade() -> None:
    """Climb down."""
    for column in ("audience", "direction", "form"):
        op.drop_index(f"ix_courses_{column}", "courses")
    op.drop_column("users", "filters")
