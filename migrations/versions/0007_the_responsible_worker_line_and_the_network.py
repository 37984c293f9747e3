"""The responsible-worker line and the network."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "network_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("party", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_network_member_case_id_pathway_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_member")),
    )
    op.create_index("ix_network_member_case", "network_member", ["case_id"], unique=False)
    op.create_table(
        "responsible_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("profession_exception", sa.LargeBinary(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("case_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("kind = 'primary'"),
            using="gist",
            name="one_primary_at_a_time",
        ),
        sa.CheckConstraint("kind IN ('primary', 'pair')", name=op.f("ck_responsible_period_known_kind")),
        sa.CheckConstraint("NOT isempty(during)", name=op.f("ck_responsible_period_never_empty")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["pathway_case.id"], name=op.f("fk_responsible_period_case_id_pathway_case")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_responsible_period_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsible_period")),
    )
    op.create_index("ix_responsible_period_case", "responsible_period", ["case_id"], unique=False)
    op.create_index("ix_responsible_period_user", "responsible_period", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_responsible_period_user", table_name="responsible_period")
    op.drop_index("ix_responsible_period_case", table_name="responsible_period")
    op.drop_table("responsible_period")
    op.drop_index("ix_network_member_case", table_name="network_member")
    op.drop_table("network_member")
