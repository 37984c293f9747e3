"""A plan says what its form asks: answers, the days of the week, interim goals, and reasons for what is not kept."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan_version", sa.Column("form_version", sa.SmallInteger(), nullable=True))
    op.add_column("plan_version", sa.Column("derived_from_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_plan_version_derived_from_id_plan_version"),
        "plan_version",
        "plan_version",
        ["derived_from_id"],
        ["id"],
    )
    # Drafts are written on the first form of their kind from now on; what has been in force keeps what it said.
    op.execute("UPDATE plan_version SET form_version = 1 WHERE state = 'draft'")
    op.create_table(
        "plan_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("choice", sa.String(length=60), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.CheckConstraint("num_nonnulls(text, choice, day) = 1", name=op.f("ck_plan_answer_one_answer")),
        _version("plan_answer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_answer")),
    )
    op.create_index("uq_plan_answer_code", "plan_answer", ["plan_version_id", "code"], unique=True)
    op.create_table(
        "plan_weekday",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_plan_weekday_known_weekday")),
        sa.CheckConstraint("ends > starts", name=op.f("ck_plan_weekday_ends_after_start")),
        _version("plan_weekday"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_weekday")),
    )
    op.create_index("uq_plan_weekday", "plan_weekday", ["plan_version_id", "weekday"], unique=True)
    op.create_table(
        "plan_reason",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "subject IN ('week', 'period', 'start', 'signatures')", name=op.f("ck_plan_reason_known_subject")
        ),
        _version("plan_reason"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_reason")),
    )
    op.create_index("uq_plan_reason_subject", "plan_reason", ["plan_version_id", "subject"], unique=True)
    op.create_table(
        "interim_goal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["goal_id"], ["goal.id"], name=op.f("fk_interim_goal_goal_id_goal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interim_goal")),
    )
    op.create_index("uq_interim_goal_ordinal", "interim_goal", ["goal_id", "ordinal"], unique=True)


def _version(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_plan_version_id_plan_version")
    return sa.ForeignKeyConstraint(["plan_version_id"], ["plan_version.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    for table in ("interim_goal", "plan_reason", "plan_weekday", "plan_answer"):
        op.drop_table(table)
    op.drop_constraint(op.f("fk_plan_version_derived_from_id_plan_version"), "plan_version", type_="foreignkey")
    op.drop_column("plan_version", "derived_from_id")
    op.drop_column("plan_version", "form_version")
