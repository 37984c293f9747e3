"""Copies given to a party: the disclosure log, which is only added to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("paper", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("edition", sa.String(length=40), nullable=False),
        sa.Column("categories", postgresql.ARRAY(sa.String(length=60)), nullable=False),
        sa.Column("party", sa.String(length=60), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("basis", sa.String(length=60), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("disclosed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disclosed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("cardinality(categories) > 0", name=op.f("ck_disclosure_says_what")),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_disclosure_case_id_pathway_case")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_disclosure_client_id_client")),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_disclosure_consent_id_consent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    op.create_index("ix_disclosure_case", "disclosure", ["case_id", "disclosed_at"], unique=False)
    op.create_index("ix_disclosure_client", "disclosure", ["client_id", "disclosed_at"], unique=False)
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON disclosure FROM polku_app")
    op.execute(
        "CREATE TRIGGER disclosure_rows BEFORE UPDATE OR DELETE ON disclosure "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER disclosure_table BEFORE TRUNCATE ON disclosure "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_index("ix_disclosure_client", table_name="disclosure")
    op.drop_index("ix_disclosure_case", table_name="disclosure")
    op.drop_table("disclosure")
