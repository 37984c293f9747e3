"""Consents, item by item."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("basis", sa.String(length=60), nullable=False),
        sa.Column("given_by", sa.String(length=20), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("text_version", sa.String(length=20), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawal_reason", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(withdrawn_on IS NULL) = (withdrawn_at IS NULL)", name=op.f("ck_consent_withdrawn_once")),
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= given_on", name=op.f("ck_consent_ends_after_giving")),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_consent_case_id_pathway_case")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_consent_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_case", "consent", ["case_id"], unique=False)
    op.create_index("ix_consent_client", "consent", ["client_id", "given_on"], unique=False)
    op.create_table(
        "consent_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(length=60), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.CheckConstraint("answer IN ('given', 'refused')", name=op.f("ck_consent_item_known_answer")),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_consent_item_consent_id_consent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_item")),
    )
    op.create_index("uq_consent_item", "consent_item", ["consent_id", "party", "category", "purpose"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_consent_item", table_name="consent_item")
    op.drop_table("consent_item")
    op.drop_index("ix_consent_client", table_name="consent")
    op.drop_index("ix_consent_case", table_name="consent")
    op.drop_table("consent")
