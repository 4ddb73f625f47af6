"""Search that forgives: the index by three places, and the words of the catalogue beside it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEX = """
    CREATE VIRTUAL TABLE course_index USING fts5 (title, about, annotation, tokenize = 'ascii', detail = 'column')
"""
"""Every token comes ready: the tokenizer has but to part them at spaces."""
INDEX_BEFORE = """
    CREATE VIRTUAL TABLE course_index USING fts5 (
        title, provider, annotation, tokenize = 'unicode61 remove_diacritics 0'
    )
"""


def _empty_index(sqlite: str, postgresql: str) -> None:
    """Both forms are filled by whoever reads them: the newer at the next start, the older by the next import."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE course_index")
        op.execute(sqlite)
    else:
        op.execute("DELETE FROM course_index")
        op.execute(postgresql)


def upgrade() -> None:
    """Climb."""
    state = op.create_table(
        "search_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_state")),
    )
    op.bulk_insert(state, [{"id": 1, "version": 0, "form": 0}])
    op.create_table(
        "search_words",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("courses", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),
    )
    with op.batch_alter_table("search_words", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_words_version"), ["version"], unique=False)
    # A row of the index fits into its page: each word that is asked for would unpack it again.
    _empty_index(INDEX, "ALTER TABLE course_index SET (toast_tuple_target = 8160)")


def downgrade() -> None:
    """Climb down."""
    _empty_index(INDEX_BEFORE, "ALTER TABLE course_index RESET (toast_tuple_target)")
    with op.batch_alter_table("search_words", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_words_version"))
    op.drop_table("search_words")
    op.drop_table("search_state")
