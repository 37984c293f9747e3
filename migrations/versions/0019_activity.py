"""Periods of activity, their agreed days, the marks of each day and the evaluations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("evaluate_on", sa.Date(), nullable=True),
        sa.Column("plan_version_id", sa.Uuid(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("provider", sa.LargeBinary(), nullable=True),
        sa.Column("is_near", sa.Boolean(), nullable=False),
        sa.Column("travel", sa.LargeBinary(), nullable=True),
        sa.Column("instructor_id", sa.Uuid(), nullable=True),
        sa.Column("instructor", sa.LargeBinary(), nullable=True),
        sa.Column("contract", sa.String(length=20), nullable=True),
        sa.Column("contract_from", sa.Date(), nullable=True),
        sa.Column("contract_to", sa.Date(), nullable=True),
        sa.Column("contract_reference", sa.LargeBinary(), nullable=True),
        sa.Column("employer_note", sa.LargeBinary(), nullable=True),
        sa.Column("limit_reason", sa.LargeBinary(), nullable=True),
        sa.Column("steward_on", sa.Date(), nullable=True),
        sa.Column("steward_by", sa.LargeBinary(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=20), nullable=True),
        sa.Column("end_remark", sa.LargeBinary(), nullable=True),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("client_id"), "="),
            (sa.column("kind"), "="),
            (sa.text("daterange(starts_on, coalesce(ended_on, ends_on), '[]')"), "&&"),
            where=sa.text("end_reason IS DISTINCT FROM 'not_started'"),
            using="gist",
            name="one_period_at_a_time",
        ),
        sa.CheckConstraint(
            "ended_on IS NULL OR end_reason = 'not_started' OR ended_on BETWEEN starts_on AND ends_on",
            name=op.f("ck_activity_period_ended_within"),
        ),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (end_reason IS NULL)", name=op.f("ck_activity_period_ended_with_reason")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_activity_period_ends_after_start")),
        sa.CheckConstraint(
            "evaluate_on IS NULL OR evaluate_on < ends_on", name=op.f("ck_activity_period_evaluated_before_end")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_activity_period_case_id_pathway_case")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_activity_period_client_id_client")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["recorded_elsewhere.id"], name=op.f("fk_activity_period_decision_id_recorded_elsewhere")
        ),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["activity_period.id"], name=op.f("fk_activity_period_follows_id_activity_period")
        ),
        sa.ForeignKeyConstraint(
            ["instructor_id"], ["user_account.id"], name=op.f("fk_activity_period_instructor_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_activity_period_plan_version_id_plan_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_period")),
    )
    op.create_index("ix_activity_period_case", "activity_period", ["case_id", "starts_on"], unique=False)
    op.create_index("ix_activity_period_client", "activity_period", ["client_id", "kind"], unique=False)
    op.create_table(
        "activity_attendance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("absence", sa.String(length=60), nullable=True),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'absent') = (absence IS NOT NULL)", name=op.f("ck_activity_attendance_absent_has_reason")
        ),
        sa.CheckConstraint(
            "(state = 'present') = (minutes IS NOT NULL)", name=op.f("ck_activity_attendance_present_has_hours")
        ),
        sa.CheckConstraint(
            "state IN ('present', 'absent', 'cleared')", name=op.f("ck_activity_attendance_known_state")
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_activity_attendance_minutes_of_a_day")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["pathway_case.id"], name=op.f("fk_activity_attendance_case_id_pathway_case")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["activity_period.id"], name=op.f("fk_activity_attendance_period_id_activity_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_attendance")),
    )
    op.create_index("ix_activity_attendance_case", "activity_attendance", ["case_id"], unique=False)
    op.create_index("uq_activity_attendance_number", "activity_attendance", ["period_id", "day", "number"], unique=True)
    op.create_table(
        "activity_day",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("ends_at", sa.Time(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_activity_day_ends_after_start")),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_activity_day_known_weekday")),
        sa.ForeignKeyConstraint(
            ["period_id"], ["activity_period.id"], name=op.f("fk_activity_day_period_id_activity_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_day")),
    )
    op.create_index("uq_activity_day", "activity_day", ["period_id", "from_on", "weekday"], unique=True)
    op.create_table(
        "activity_evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("effect", sa.LargeBinary(), nullable=False),
        sa.Column("next_step", sa.String(length=20), nullable=False),
        sa.Column("participants", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "next_step IN ('renew', 'end', 'other_service')", name=op.f("ck_activity_evaluation_known_step")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["activity_period.id"], name=op.f("fk_activity_evaluation_period_id_activity_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_evaluation")),
    )
    op.create_index("ix_activity_evaluation_period", "activity_evaluation", ["period_id", "held_on"], unique=False)
    # A correction is a new mark; what was marked once is not written over.
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON activity_attendance FROM polku_app")


def downgrade() -> None:
    op.drop_index("ix_activity_evaluation_period", table_name="activity_evaluation")
    op.drop_table("activity_evaluation")
    op.drop_index("uq_activity_day", table_name="activity_day")
    op.drop_table("activity_day")
    op.drop_index("uq_activity_attendance_number", table_name="activity_attendance")
    op.drop_index("ix_activity_attendance_case", table_name="activity_attendance")
    op.drop_table("activity_attendance")
    op.drop_index("ix_activity_period_client", table_name="activity_period")
    op.drop_index("ix_activity_period_case", table_name="activity_period")
    op.drop_table("activity_period")
