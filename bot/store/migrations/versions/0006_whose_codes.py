"""Whose code let somebody in; what was told before keeps that nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("codes", "sendings"):
        op.add_column(table, sa.Column("attester", sa.LargeBinary(), nullable=True))
