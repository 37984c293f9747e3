"""The days of a case that supervisors watch, kept in its own row."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FIRST_DAYS = """
    UPDATE pathway_case SET identified_on = visit.identified_on, planned_on = visit.planned_on
    FROM (
        SELECT case_id,
            min(entered_on) FILTER (WHERE stage = 'identification') AS identified_on,
            min(entered_on) FILTER (WHERE stage = 'joint_plan') AS planned_on
        FROM stage_visit GROUP BY case_id
    ) AS visit
    WHERE visit.case_id = pathway_case.id
"""


def upgrade() -> None:
    op.add_column("pathway_case", sa.Column("identified_on", sa.Date(), nullable=True))
    op.add_column("pathway_case", sa.Column("planned_on", sa.Date(), nullable=True))
    op.execute(FIRST_DAYS)
    op.drop_index("ix_stage_visit_days", table_name="stage_visit")


def downgrade() -> None:
    op.create_index("ix_stage_visit_days", "stage_visit", ["case_id", "stage", "entered_on"], unique=False)
    op.drop_column("pathway_case", "planned_on")
    op.drop_column("pathway_case", "identified_on")
