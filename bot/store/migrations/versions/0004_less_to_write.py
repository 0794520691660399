"""Less to write for a question: indexes that only forgetting used, over rows that live for minutes, and rows about
people of whom nothing but that they asked was kept: their questions say that."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.drop_index("ix_contexts_user", table_name="contexts")
    op.drop_index("ix_contexts_expires_at", table_name="contexts")
    op.execute("DELETE FROM people WHERE language = ''")
