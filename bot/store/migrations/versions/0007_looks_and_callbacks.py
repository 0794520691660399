"""Who looks at which case, and how far they have read it; and where a user may be reached, kept apart from the case."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "looks",
        sa.Column("ticket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("staff", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("read", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("writing_at", Moment()),
        sa.PrimaryKeyConstraint("ticket", "staff"),
    )
    op.create_table(
        "callbacks",
        sa.Column("ticket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("ticket"),
    )
