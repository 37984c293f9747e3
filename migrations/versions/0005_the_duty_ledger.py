"""The duty ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("waits_for", sa.String(length=20), nullable=False),
        sa.Column("rule_code", sa.String(length=60), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("law_limit_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_duty_closed_with_outcome")),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_duty_case_id_pathway_case")),
        sa.ForeignKeyConstraint(["follows_id"], ["duty.id"], name=op.f("fk_duty_follows_id_duty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_index(
        "ix_duty_case_open", "duty", ["case_id", "due_on", "id"], unique=False, postgresql_where="closed_at IS NULL"
    )
    op.create_index("ix_duty_due_open", "duty", ["due_on", "id"], unique=False, postgresql_where="closed_at IS NULL")
    op.create_index("ix_duty_id_open", "duty", ["id"], unique=False, postgresql_where="closed_at IS NULL")
    op.create_index(
        "uq_duty_open",
        "duty",
        ["kind", "subject_kind", "subject_id"],
        unique=True,
        postgresql_where="closed_at IS NULL",
    )


def downgrade() -> None:
    op.drop_index("uq_duty_open", table_name="duty", postgresql_where="closed_at IS NULL")
    op.drop_index("ix_duty_id_open", table_name="duty", postgresql_where="closed_at IS NULL")
    op.drop_index("ix_duty_due_open", table_name="duty", postgresql_where="closed_at IS NULL")
    op.drop_index("ix_duty_case_open", table_name="duty", postgresql_where="closed_at IS NULL")
    op.drop_table("duty")
