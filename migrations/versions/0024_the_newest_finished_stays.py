"""The county's median of a stay is read from the newest finished visits of a stage, not from all visits."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_stage_visit_finished",
        "stage_visit",
        ["stage", "left_on"],
        postgresql_include=["case_id", "entered_on"],
        postgresql_where="state = 'done' AND entered_on IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_index("ix_stage_visit_finished", table_name="stage_visit")
