"""The day on a case's row is that of its open stage alone: nothing when it is not open or the day is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

OPENED = """
    UPDATE pathway_case SET current_since = (
        SELECT entered_on FROM stage_visit
        WHERE case_id = pathway_case.id AND stage = current_stage AND state = 'in_progress'
    )
"""
CHANGED = """
    UPDATE pathway_case SET current_since = coalesce(
        (SELECT max(left_on) FROM stage_visit WHERE case_id = pathway_case.id), opened_on
    )
    WHERE current_since IS NULL
"""


def upgrade() -> None:
    op.alter_column("pathway_case", "current_since", existing_type=sa.Date(), nullable=True)
    op.execute(OPENED)


def downgrade() -> None:
    op.execute(CHANGED)
    op.alter_column("pathway_case", "current_since", existing_type=sa.Date(), nullable=False)
