"""Clients, their name tokens, sealed contacts and drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE client_ref_number START 1001")
    op.create_table(
        "client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "ref_number", sa.BigInteger(), server_default=sa.text("nextval('client_ref_number')"), nullable=False
        ),
        sa.Column("identity_code", sa.LargeBinary(), nullable=True),
        sa.Column("identity_hash", sa.LargeBinary(), nullable=True),
        sa.Column("match_hash", sa.LargeBinary(), nullable=False),
        sa.Column("last_name", sa.LargeBinary(), nullable=False),
        sa.Column("first_names", sa.LargeBinary(), nullable=False),
        sa.Column("call_name", sa.LargeBinary(), nullable=True),
        sa.Column("birth_on", sa.LargeBinary(), nullable=True),
        sa.Column("contact_language", sa.String(length=20), nullable=False),
        sa.Column("interpreter_language", sa.String(length=20), nullable=True),
        sa.Column("needs_plain_language", sa.Boolean(), nullable=False),
        sa.Column("has_address_protection", sa.Boolean(), nullable=False),
        sa.Column("municipality_code", sa.String(length=3), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("contact_source", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("identity_hash", name=op.f("uq_client_identity_hash")),
        sa.UniqueConstraint("ref_number", name=op.f("uq_client_ref_number")),
    )
    op.create_index(op.f("ix_client_match_hash"), "client", ["match_hash"], unique=False)
    op.create_table(
        "client_token",
        sa.Column("token", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_token_client_id_client")),
        sa.PrimaryKeyConstraint("token", "team_id", "client_id", name=op.f("pk_client_token")),
    )
    op.create_index("ix_client_token_client", "client_token", ["client_id", "token"], unique=False)
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_draft_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index("uq_draft_user_form_subject", "draft", ["user_id", "form", "subject_id"], unique=True)
    op.create_table(
        "person_search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_person_search_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_search")),
    )
    op.create_index("ix_person_search_made", "person_search", ["made_at"], unique=False)
    op.create_table(
        "protected_handler",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_protected_handler_client_id_client")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_protected_handler_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protected_handler")),
    )
    op.create_index(
        "uq_protected_handler_open",
        "protected_handler",
        ["client_id", "user_id"],
        unique=True,
        postgresql_where="valid_to IS NULL",
    )
    op.create_table(
        "sealed_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_because", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_sealed_contact_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_contact")),
        sa.UniqueConstraint("client_id", name=op.f("uq_sealed_contact_client_id")),
    )


def downgrade() -> None:
    op.drop_table("sealed_contact")
    op.drop_index("uq_protected_handler_open", table_name="protected_handler", postgresql_where="valid_to IS NULL")
    op.drop_table("protected_handler")
    op.drop_index("ix_person_search_made", table_name="person_search")
    op.drop_table("person_search")
    op.drop_index("uq_draft_user_form_subject", table_name="draft")
    op.drop_table("draft")
    op.drop_index("ix_client_token_client", table_name="client_token")
    op.drop_table("client_token")
    op.drop_index(op.f("ix_client_match_hash"), table_name="client")
    op.drop_table("client")
    op.execute("DROP SEQUENCE client_ref_number")
