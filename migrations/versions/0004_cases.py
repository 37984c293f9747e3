"""Cases, stage visits, notes, and the standing of users."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pathway_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("model_key", sa.String(length=60), nullable=False),
        sa.Column("model_version", sa.SmallInteger(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("contact_source", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("primary_worker_id", sa.Uuid(), nullable=True),
        sa.Column("current_stage", sa.String(length=60), nullable=False),
        sa.Column("current_since", sa.Date(), nullable=False),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("last_contact_kind", sa.String(length=60), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=60), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(closed_on IS NULL) = (closed_at IS NULL)", name=op.f("ck_pathway_case_closed_once")),
        sa.CheckConstraint(
            "closed_on IS NULL OR closed_on >= opened_on", name=op.f("ck_pathway_case_closed_after_opening")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_pathway_case_client_id_client")),
        sa.ForeignKeyConstraint(
            ["primary_worker_id"], ["user_account.id"], name=op.f("fk_pathway_case_primary_worker_id_user_account")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_pathway_case_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pathway_case")),
    )
    op.create_index(
        "ix_pathway_case_team_open", "pathway_case", ["team_id"], unique=False, postgresql_where="closed_at IS NULL"
    )
    op.create_index(
        "ix_pathway_case_unassigned",
        "pathway_case",
        ["opened_on", "id"],
        unique=False,
        postgresql_where="closed_at IS NULL AND primary_worker_id IS NULL",
    )
    op.create_index(
        "ix_pathway_case_worker_open",
        "pathway_case",
        ["primary_worker_id"],
        unique=False,
        postgresql_where="closed_at IS NULL",
    )
    op.create_index("uq_pathway_case_client_ordinal", "pathway_case", ["client_id", "ordinal"], unique=True)
    op.create_index(
        "uq_pathway_case_open_model",
        "pathway_case",
        ["client_id", "model_key"],
        unique=True,
        postgresql_where="closed_at IS NULL",
    )
    op.create_table(
        "case_closing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=60), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by", sa.Uuid(), nullable=True),
        sa.Column("reopening_reason", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(reopened_at IS NULL) = (reopening_reason IS NULL)", name=op.f("ck_case_closing_reopened_with_reason")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_case_closing_case_id_pathway_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_closing")),
    )
    op.create_index("ix_case_closing_case", "case_closing", ["case_id"], unique=False)
    op.create_index(
        "uq_case_closing_standing", "case_closing", ["case_id"], unique=True, postgresql_where="reopened_at IS NULL"
    )
    op.create_table(
        "need_exception",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=60), nullable=False),
        sa.Column("need", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("passed_by", sa.Uuid(), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_need_exception_case_id_pathway_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_exception")),
    )
    op.create_index("ix_need_exception_case", "need_exception", ["case_id"], unique=False)
    op.create_table(
        "note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("is_visible_to_client", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(length=60), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_note_case_id_pathway_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index("ix_note_case", "note", ["case_id", "happened_on", "written_at", "id"], unique=False)
    op.create_table(
        "recorded_elsewhere",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("system", sa.String(length=60), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["pathway_case.id"], name=op.f("fk_recorded_elsewhere_case_id_pathway_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recorded_elsewhere")),
    )
    op.create_index("ix_recorded_elsewhere_case", "recorded_elsewhere", ["case_id"], unique=False)
    op.create_table(
        "stage_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("stage", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("finished_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('in_progress', 'done', 'not_needed')", name=op.f("ck_stage_visit_known_state")),
        sa.CheckConstraint(
            "left_on IS NULL OR entered_on IS NULL OR left_on >= entered_on",
            name=op.f("ck_stage_visit_leaves_after_entering"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_stage_visit_case_id_pathway_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_visit")),
    )
    op.create_index(
        "uq_stage_visit_open",
        "stage_visit",
        ["case_id", "stage"],
        unique=True,
        postgresql_where="state = 'in_progress'",
    )
    op.create_index("uq_stage_visit_ordinal", "stage_visit", ["case_id", "ordinal"], unique=True)
    op.create_index("ix_stage_visit_days", "stage_visit", ["case_id", "stage", "entered_on"], unique=False)
    op.create_table(
        "standing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("basis_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_standing_ends_after_start")),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_standing_case_id_pathway_case")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_standing_client_id_client")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_standing_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
    )
    op.create_index("ix_standing_case", "standing", ["case_id", "user_id"], unique=False)
    op.create_index("ix_standing_client", "standing", ["client_id", "user_id"], unique=False)
    op.create_index(
        "ix_standing_user",
        "standing",
        ["user_id", "kind", "case_id"],
        unique=False,
    )
    op.create_index(
        "uq_standing_open",
        "standing",
        ["user_id", "client_id", "case_id", "kind"],
        unique=True,
        postgresql_where="valid_to IS NULL",
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "next_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=True),
        sa.Column("owner", sa.String(length=20), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_next_step_case_id_pathway_case")),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_next_step_note_id_note")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_next_step")),
    )
    op.create_index("ix_next_step_case", "next_step", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_next_step_case", table_name="next_step")
    op.drop_table("next_step")
    op.drop_index(
        "uq_standing_open",
        table_name="standing",
        postgresql_where="valid_to IS NULL",
        postgresql_nulls_not_distinct=True,
    )
    op.drop_index("ix_standing_user", table_name="standing")
    op.drop_index("ix_standing_client", table_name="standing")
    op.drop_index("ix_standing_case", table_name="standing")
    op.drop_table("standing")
    op.drop_index("ix_stage_visit_days", table_name="stage_visit")
    op.drop_index("uq_stage_visit_ordinal", table_name="stage_visit")
    op.drop_index("uq_stage_visit_open", table_name="stage_visit", postgresql_where="state = 'in_progress'")
    op.drop_table("stage_visit")
    op.drop_index("ix_recorded_elsewhere_case", table_name="recorded_elsewhere")
    op.drop_table("recorded_elsewhere")
    op.drop_index("ix_note_case", table_name="note")
    op.drop_table("note")
    op.drop_index("ix_need_exception_case", table_name="need_exception")
    op.drop_table("need_exception")
    op.drop_index("uq_case_closing_standing", table_name="case_closing", postgresql_where="reopened_at IS NULL")
    op.drop_index("ix_case_closing_case", table_name="case_closing")
    op.drop_table("case_closing")
    op.drop_index("uq_pathway_case_open_model", table_name="pathway_case", postgresql_where="closed_at IS NULL")
    op.drop_index("uq_pathway_case_client_ordinal", table_name="pathway_case")
    op.drop_index("ix_pathway_case_worker_open", table_name="pathway_case", postgresql_where="closed_at IS NULL")
    op.drop_index(
        "ix_pathway_case_unassigned",
        table_name="pathway_case",
        postgresql_where="closed_at IS NULL AND primary_worker_id IS NULL",
    )
    op.drop_index("ix_pathway_case_team_open", table_name="pathway_case", postgresql_where="closed_at IS NULL")
    op.drop_table("pathway_case")
