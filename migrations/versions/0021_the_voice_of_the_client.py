"""The voice of the client: talks in each stage, answers to goals, feedback and what was answered to it."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.schema import SchemaItem

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def _of_case(table: str) -> tuple[SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f(f"fk_{table}_client_id_client")),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f(f"fk_{table}_case_id_pathway_case")),
    )


def _recorded() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
    )


def _sealed(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, sa.LargeBinary(), nullable=True) for name in names)


def upgrade() -> None:
    op.create_table(
        "client_hearing",
        *_of_case("client_hearing"),
        sa.Column("stage", sa.String(length=60), nullable=False),
        sa.Column("heard_on", sa.Date(), nullable=False),
        sa.Column("way", sa.String(length=60), nullable=False),
        sa.Column("took_part", ARRAY(sa.String(length=60)), nullable=False),
        sa.Column("told", ARRAY(sa.String(length=60)), nullable=False),
        *_sealed("own_view", "wishes", "told_by", "remark"),
        *_recorded(),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        *_sealed("correction_reason"),
        sa.CheckConstraint(
            "(corrects_id IS NULL) = (correction_reason IS NULL)",
            name=op.f("ck_client_hearing_corrected_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["client_hearing.id"], name=op.f("fk_client_hearing_corrects_id_client_hearing")
        ),
    )
    op.create_index("ix_client_hearing_case", "client_hearing", ["case_id", "heard_on"], unique=False)
    op.create_index("uq_client_hearing_corrects", "client_hearing", ["corrects_id"], unique=True)
    op.create_table(
        "goal_answer",
        *_of_case("goal_answer"),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        *_sealed("comment"),
        sa.Column("heard_on", sa.Date(), nullable=False),
        sa.Column("way", sa.String(length=60), nullable=False),
        *_recorded(),
        sa.CheckConstraint("answer IN ('agrees', 'partly', 'disagrees')", name=op.f("ck_goal_answer_known_answer")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_answer_goal_id_goal")),
    )
    op.create_index("ix_goal_answer_case", "goal_answer", ["case_id"], unique=False)
    op.create_index("ix_goal_answer_goal", "goal_answer", ["goal_id"], unique=False)
    op.create_table(
        "client_feedback",
        *_of_case("client_feedback"),
        sa.Column("stage", sa.String(length=60), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("way", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        *_sealed("words"),
        *_recorded(),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_client_feedback_rating_in_scale")),
        sa.CheckConstraint("rating IS NOT NULL OR words IS NOT NULL", name=op.f("ck_client_feedback_says_something")),
    )
    op.create_index("ix_client_feedback_case", "client_feedback", ["case_id", "given_on"], unique=False)
    op.create_table(
        "feedback_reply",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("replied_on", sa.Date(), nullable=False),
        *_recorded(),
        sa.ForeignKeyConstraint(
            ["feedback_id"], ["client_feedback.id"], name=op.f("fk_feedback_reply_feedback_id_client_feedback")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_reply")),
    )
    op.create_index("ix_feedback_reply_feedback", "feedback_reply", ["feedback_id"], unique=False)


def downgrade() -> None:
    for table in ("feedback_reply", "client_feedback", "goal_answer", "client_hearing"):
        op.drop_table(table)
