"""Calls, applications and decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("seed_hash", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=True),
        sa.Column("tally", sa.LargeBinary(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_calls")),
    )
    op.create_table(
        "applications",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("call_key", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=False),
        sa.Column("sent", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["call_key"], ["calls.key"], name=op.f("fk_applications_call_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_applications_code_hash")),
    )
    op.create_index("ix_applications_call_key", "applications", ["call_key"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("call_key", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("agreed_by", sa.String(length=64), nullable=True),
        sa.Column("agreed_at", sa.BigInteger(), nullable=True),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.CheckConstraint("\"by\" <> '' AND reason <> ''", name="ck_decisions_named"),
        sa.ForeignKeyConstraint(["call_key"], ["calls.key"], name=op.f("fk_decisions_call_key")),
        sa.PrimaryKeyConstraint("call_key", name=op.f("pk_decisions")),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("application_id", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("reminded_at", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_reports_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index("ix_reports_application_id", "reports", ["application_id", "period"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_reports_application_id", table_name="reports")
    op.drop_table("reports")
    op.drop_table("decisions")
    op.drop_index("ix_applications_call_key", table_name="applications")
    op.drop_table("applications")
    op.drop_table("calls")
