"""Failed log-ins are counted in the audit log, over restarts and replicas; the columns for it were never used."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("staff") as table:
        table.drop_column("failures")
        table.drop_column("locked_until")
