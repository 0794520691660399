"""Which gap a question left behind was shown under, so that its number and its words stay."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("unanswered") as table:
        table.add_column(sa.Column("gap", sa.BigInteger()))
