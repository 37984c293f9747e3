"""Plans, reviews and measures."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "measure_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_measure_value_case_id_pathway_case")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_measure_value_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_value")),
    )
    op.create_index("ix_measure_value_case", "measure_value", ["case_id", "measure", "measured_on"], unique=False)
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_plan_case_id_pathway_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index("ix_plan_case", "plan", ["case_id"], unique=False)
    op.create_index("uq_plan_open_kind", "plan", ["case_id", "kind"], unique=True, postgresql_where="ended_on IS NULL")
    op.create_table(
        "plan_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("in_force_on", sa.Date(), nullable=True),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("next_review_reason", sa.LargeBinary(), nullable=True),
        sa.Column("summary", sa.LargeBinary(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("acceptance_way", sa.String(length=20), nullable=True),
        sa.Column("client_comment", sa.LargeBinary(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state = 'draft' OR in_force_on IS NOT NULL", name=op.f("ck_plan_version_in_force_has_day")),
        sa.CheckConstraint(
            "state IN ('draft', 'in_force', 'superseded', 'ended')", name=op.f("ck_plan_version_known_state")
        ),
        sa.CheckConstraint(
            "period_end IS NULL OR period_start IS NULL OR period_end >= period_start",
            name=op.f("ck_plan_version_period_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_version_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
    )
    op.create_index(
        "uq_plan_version_draft", "plan_version", ["plan_id"], unique=True, postgresql_where="state = 'draft'"
    )
    op.create_index(
        "uq_plan_version_in_force", "plan_version", ["plan_id"], unique=True, postgresql_where="state = 'in_force'"
    )
    op.create_index("uq_plan_version_number", "plan_version", ["plan_id", "number"], unique=True)
    op.create_table(
        "goal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_version_id"],
            ["plan_version.id"],
            name=op.f("fk_goal_plan_version_id_plan_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
    )
    op.create_index("uq_goal_ordinal", "goal", ["plan_version_id", "ordinal"], unique=True)
    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("participants", sa.LargeBinary(), nullable=True),
        sa.Column("situation", sa.LargeBinary(), nullable=True),
        sa.Column("changes", sa.LargeBinary(), nullable=True),
        sa.Column("late_reason", sa.LargeBinary(), nullable=True),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("next_reason", sa.LargeBinary(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_review_case_id_pathway_case")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_review_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_review_plan_version_id_plan_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index("ix_review_case", "review", ["case_id", "held_on"], unique=False)
    op.create_index("ix_review_plan", "review", ["plan_id", "held_on"], unique=False)
    op.create_table(
        "plan_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("owner IN ('client', 'worker', 'other')", name=op.f("ck_plan_action_known_owner")),
        sa.CheckConstraint("state IN ('open', 'done', 'cancelled')", name=op.f("ck_plan_action_known_state")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_plan_action_goal_id_goal"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_action")),
    )
    op.create_index("uq_plan_action_ordinal", "plan_action", ["goal_id", "ordinal"], unique=True)
    op.create_table(
        "review_outcome",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("outcome IN ('met', 'partly', 'not')", name=op.f("ck_review_outcome_known_outcome")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_review_outcome_goal_id_goal")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_outcome_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_outcome")),
    )
    op.create_index("uq_review_outcome_goal", "review_outcome", ["review_id", "goal_id"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_review_outcome_goal", table_name="review_outcome")
    op.drop_table("review_outcome")
    op.drop_index("uq_plan_action_ordinal", table_name="plan_action")
    op.drop_table("plan_action")
    op.drop_index("ix_review_plan", table_name="review")
    op.drop_index("ix_review_case", table_name="review")
    op.drop_table("review")
    op.drop_index("uq_goal_ordinal", table_name="goal")
    op.drop_table("goal")
    op.drop_index("uq_plan_version_number", table_name="plan_version")
    op.drop_index("uq_plan_version_in_force", table_name="plan_version", postgresql_where="state = 'in_force'")
    op.drop_index("uq_plan_version_draft", table_name="plan_version", postgresql_where="state = 'draft'")
    op.drop_table("plan_version")
    op.drop_index("uq_plan_open_kind", table_name="plan", postgresql_where="ended_on IS NULL")
    op.drop_index("ix_plan_case", table_name="plan")
    op.drop_table("plan")
    op.drop_index("ix_measure_value_case", table_name="measure_value")
    op.drop_table("measure_value")
