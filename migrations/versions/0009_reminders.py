"""Reminders, outbox, notices, job runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("for_day", sa.Date(), nullable=False),
        sa.Column("is_daily", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
    )
    op.create_index("ix_job_run_name", "job_run", ["name", "started_at"], unique=False)
    op.create_index("uq_job_run_day", "job_run", ["name", "for_day"], unique=True, postgresql_where="is_daily")
    op.create_table(
        "reminder_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("duty_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("offset_days", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('sent', 'passed')", name=op.f("ck_reminder_entry_known_state")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_reminder_entry_duty_id_duty")),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["user_account.id"], name=op.f("fk_reminder_entry_recipient_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_entry")),
    )
    op.create_index(
        "uq_reminder_entry",
        "reminder_entry",
        ["duty_id", "recipient_id", "rule", "due_on", "offset_days", "channel"],
        unique=True,
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_notice_case_id_pathway_case")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notice_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_user", "notice", ["user_id", "seen_at", "made_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=60), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name=op.f("ck_outbox_known_state")),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_outbox_case_id_pathway_case")),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["user_account.id"], name=op.f("fk_outbox_recipient_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_waiting", "outbox", ["next_attempt_at", "id"], unique=False, postgresql_where="state = 'waiting'"
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_waiting", table_name="outbox", postgresql_where="state = 'waiting'")
    op.drop_table("outbox")
    op.drop_index("ix_notice_user", table_name="notice")
    op.drop_table("notice")
    op.drop_index("uq_reminder_entry", table_name="reminder_entry")
    op.drop_table("reminder_entry")
    op.drop_index("uq_job_run_day", table_name="job_run", postgresql_where="is_daily")
    op.drop_index("ix_job_run_name", table_name="job_run")
    op.drop_table("job_run")
