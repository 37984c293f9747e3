"""What is recognised, and the needs assessment with its versions."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identification_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["pathway_case.id"], name=op.f("fk_identification_entry_case_id_pathway_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identification_entry")),
    )
    op.create_index(
        "uq_identification_entry_number", "identification_entry", ["case_id", "field", "number"], unique=True
    )
    op.create_table(
        "identification_sign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ending", sa.String(length=10), nullable=True),
        sa.Column("end_reason", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("kind IN ('signal', 'trigger')", name=op.f("ck_identification_sign_known_kind")),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (ending IS NULL)", name=op.f("ck_identification_sign_ended_with_cause")
        ),
        sa.CheckConstraint(
            "ended_on IS NULL OR ended_on >= noted_on", name=op.f("ck_identification_sign_ends_after_noting")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["pathway_case.id"], name=op.f("fk_identification_sign_case_id_pathway_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identification_sign")),
    )
    op.create_index("ix_identification_sign_case", "identification_sign", ["case_id", "noted_at"], unique=False)
    op.create_index(
        "uq_identification_sign_open",
        "identification_sign",
        ["case_id", "code"],
        unique=True,
        postgresql_where="ended_on IS NULL",
    )
    op.create_table(
        "needs_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("initiated_on", sa.Date(), nullable=False),
        sa.Column("client_group", sa.String(length=60), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("initiated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("initiated_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "started_on IS NULL OR started_on >= initiated_on", name=op.f("ck_needs_assessment_starts_after_initiation")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["pathway_case.id"], name=op.f("fk_needs_assessment_case_id_pathway_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs_assessment")),
    )
    op.create_index("uq_needs_assessment_case", "needs_assessment", ["case_id"], unique=True)
    op.create_table(
        "needs_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("form_version", sa.String(length=20), nullable=False),
        sa.Column("profession", sa.String(length=60), nullable=True),
        sa.Column("is_office_holder", sa.Boolean(), nullable=True),
        sa.Column("is_urgent", sa.Boolean(), nullable=True),
        sa.Column("needs_own_worker", sa.Boolean(), nullable=True),
        sa.Column("network", sa.String(length=10), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_system", sa.String(length=60), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'draft') = (finished_on IS NULL)", name=op.f("ck_needs_version_finished_has_day")),
        sa.CheckConstraint("network IN ('mapped', 'refused')", name=op.f("ck_needs_version_known_network")),
        sa.CheckConstraint("state IN ('draft', 'finished', 'replaced')", name=op.f("ck_needs_version_known_state")),
        sa.CheckConstraint(
            "(recorded_system IS NULL) = (recorded_on IS NULL)", name=op.f("ck_needs_version_recorded_on_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["needs_assessment.id"], name=op.f("fk_needs_version_assessment_id_needs_assessment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs_version")),
    )
    op.create_index(
        "uq_needs_version_draft", "needs_version", ["assessment_id"], unique=True, postgresql_where="state = 'draft'"
    )
    op.create_index(
        "uq_needs_version_finished",
        "needs_version",
        ["assessment_id"],
        unique=True,
        postgresql_where="state = 'finished'",
    )
    op.create_index("uq_needs_version_number", "needs_version", ["assessment_id", "number"], unique=True)
    op.create_table(
        "needs_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["needs_version.id"],
            name=op.f("fk_needs_text_version_id_needs_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs_text")),
    )
    op.create_index("uq_needs_text_field", "needs_text", ["version_id", "field"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_needs_text_field", table_name="needs_text")
    op.drop_table("needs_text")
    op.drop_index("uq_needs_version_number", table_name="needs_version")
    op.drop_index("uq_needs_version_finished", table_name="needs_version")
    op.drop_index("uq_needs_version_draft", table_name="needs_version")
    op.drop_table("needs_version")
    op.drop_index("uq_needs_assessment_case", table_name="needs_assessment")
    op.drop_table("needs_assessment")
    op.drop_index("uq_identification_sign_open", table_name="identification_sign")
    op.drop_index("ix_identification_sign_case", table_name="identification_sign")
    op.drop_table("identification_sign")
    op.drop_index("uq_identification_entry_number", table_name="identification_entry")
    op.drop_table("identification_entry")
