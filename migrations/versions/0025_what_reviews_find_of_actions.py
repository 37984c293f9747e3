"""A review says how far each action has come; what was put off so often is found without looking through duties."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done', 'cancelled')", name=op.f("ck_review_action_known_state")),
        sa.ForeignKeyConstraint(["action_id"], ["plan_action.id"], name=op.f("fk_review_action_action_id_plan_action")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_action_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_action")),
    )
    op.create_index("uq_review_action", "review_action", ["review_id", "action_id"], unique=True)
    op.create_index(
        "ix_duty_postponed_often",
        "duty",
        ["case_id"],
        postgresql_where="closed_at IS NULL AND rule_code = 'POSTPONED_OFTEN'",
    )


def downgrade() -> None:
    op.drop_index("ix_duty_postponed_often", table_name="duty")
    op.drop_table("review_action")
