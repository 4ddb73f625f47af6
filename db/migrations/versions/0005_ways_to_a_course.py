"""Ways to a course: new ones told of once a week, recent searches."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WANTS_NEWS = sa.text("news_since IS NOT NULL")


def upgrade() -> None:
    """Climb."""
    op.add_column("courses", sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_courses_listed_at"), "courses", ["listed_at"])
    op.create_index("ix_searches_user_id_searched_at", "searches", ["user_id", "searched_at"])
    op.add_column("users", sa.Column("news_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("users", sa.Column("news_direction", sa.Text(), nullable=True))
    op.create_index(
        "ix_users_news_since", "users", ["news_since"], sqlite_where=WANTS_NEWS, postgresql_where=WANTS_NEWS
    )


def downgrade() -> None:
    """Climb down."""
    op.drop_index("ix_users_news_since", "users")
    op.drop_column("users", "news_direction")
    op.drop_column("users", "news_since")
    op.drop_index("ix_searches_user_id_searched_at", "searches")
    op.drop_index(op.f("ix_courses_listed_at"), "courses")
    op.drop_column("courses", "listed_at")
