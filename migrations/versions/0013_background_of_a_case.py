"""What is known of the client's benefit, work and services, version by version."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_background",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("benefit", sa.String(length=60), nullable=True),
        sa.Column("benefit_days", sa.SmallInteger(), nullable=True),
        sa.Column("is_allowance_used", sa.Boolean(), nullable=True),
        sa.Column("is_unemployed", sa.Boolean(), nullable=True),
        sa.Column("unemployed_since", sa.Date(), nullable=True),
        sa.Column("assistance_since", sa.Date(), nullable=True),
        sa.Column("is_disability_client", sa.Boolean(), nullable=True),
        sa.Column("is_in_day_activity", sa.Boolean(), nullable=True),
        sa.Column("is_beyond_public_services", sa.Boolean(), nullable=True),
        sa.Column("needs_joint_support", sa.Boolean(), nullable=True),
        sa.Column("wish", sa.String(length=60), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_case_background_case_id_pathway_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_background")),
    )
    op.create_index("uq_case_background_number", "case_background", ["case_id", "number"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_case_background_number", table_name="case_background")
    op.drop_table("case_background")
