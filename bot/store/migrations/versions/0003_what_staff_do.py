"""What staff do with what people told."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
    )
    op.create_index("ix_saved_filters_worker", "saved_filters", ["worker"], unique=False)
    op.create_table(
        "case_changes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("need_id", sa.String(length=32), nullable=True),
        sa.Column("before", sa.String(length=64), nullable=True),
        sa.Column("after", sa.String(length=64), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_case_changes_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_changes")),
    )
    op.create_index(
        "ix_case_changes_conversation_id", "case_changes", ["conversation_id", "version"], unique=False
    )
    op.create_table(
        "cases",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("contact", sa.String(length=64), nullable=True),
        sa.Column("handled_through", sa.BigInteger(), nullable=True),
        sa.Column("duplicate_of", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_cases_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["conversations.id"], name=op.f("fk_cases_duplicate_of"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_duplicate_of", "cases", ["duplicate_of"], unique=False)
    op.create_index("ix_cases_worker", "cases", ["worker"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_drafts_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_conversation_id", "drafts", ["conversation_id", "worker"], unique=True)
    op.create_table(
        "letters",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=8), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("news", sa.String(length=64), nullable=True),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("shown_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_letters_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index("ix_letters_conversation_id", "letters", ["conversation_id", "written_at"], unique=False)
    op.create_index("ix_letters_due_at", "letters", ["told_at", "due_at"], unique=False)
    op.create_index("ix_letters_news", "letters", ["news"], unique=False)
    op.create_table(
        "threads",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("municipality", sa.String(length=64), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_threads_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_threads")),
    )
    op.create_index("ix_threads_municipality", "threads", ["municipality", "said_at"], unique=False)
    op.create_index("ix_threads_worker", "threads", ["worker"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_threads_worker", table_name="threads")
    op.drop_index("ix_threads_municipality", table_name="threads")
    op.drop_table("threads")
    op.drop_index("ix_letters_news", table_name="letters")
    op.drop_index("ix_letters_due_at", table_name="letters")
    op.drop_index("ix_letters_conversation_id", table_name="letters")
    op.drop_table("letters")
    op.drop_index("ix_drafts_conversation_id", table_name="drafts")
    op.drop_table("drafts")
    op.drop_index("ix_cases_worker", table_name="cases")
    op.drop_index("ix_cases_duplicate_of", table_name="cases")
    op.drop_table("cases")
    op.drop_index("ix_case_changes_conversation_id", table_name="case_changes")
    op.drop_table("case_changes")
    op.drop_index("ix_saved_filters_worker", table_name="saved_filters")
    op.drop_table("saved_filters")
