"""The full name of who decides; a decision of before keeps the name it was made in."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("staff", "full_name"), ("decisions", "by_name"), ("decisions", "agreed_name")):
        op.add_column(table, sa.Column(column, sa.String(length=64), nullable=True))
