"""What closing asks, what becomes of each promise, and the path that goes on from another."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _closing()
    _promises()
    op.add_column("duty", sa.Column("closing_reason", sa.LargeBinary(), nullable=True))
    op.add_column("pathway_case", sa.Column("follows_case_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_pathway_case_follows_case_id_pathway_case"),
        "pathway_case",
        "pathway_case",
        ["follows_case_id"],
        ["id"],
    )
    op.create_index(
        "ix_pathway_case_follows",
        "pathway_case",
        ["follows_case_id"],
        unique=False,
        postgresql_where=sa.text("follows_case_id IS NOT NULL"),
    )
    _carried_over()


def _closing() -> None:
    op.add_column("case_closing", sa.Column("client_estimate", sa.LargeBinary(), nullable=True))
    op.add_column("case_closing", sa.Column("ground", sa.String(length=20), nullable=True))
    op.add_column("case_closing", sa.Column("supported_by", sa.LargeBinary(), nullable=True))
    op.add_column("case_closing", sa.Column("is_feedback_asked", sa.Boolean(), nullable=True))
    op.create_check_constraint(op.f("ck_case_closing_known_ground"), "case_closing", "ground IN ('over', 'remains')")


def _promises() -> None:
    op.add_column("next_step", sa.Column("dropped_on", sa.Date(), nullable=True))
    op.add_column("next_step", sa.Column("drop_reason", sa.LargeBinary(), nullable=True))
    op.add_column("next_step", sa.Column("moved_from_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_next_step_moved_from_id_next_step"), "next_step", "next_step", ["moved_from_id"], ["id"]
    )
    op.create_check_constraint(op.f("ck_next_step_ends_once"), "next_step", "done_on IS NULL OR dropped_on IS NULL")
    op.create_index(
        "uq_next_step_moved_from",
        "next_step",
        ["moved_from_id"],
        unique=True,
        postgresql_where=sa.text("moved_from_id IS NOT NULL"),
    )


def _carried_over() -> None:
    op.create_table(
        "carried_over",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("carried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carried_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["pathway_case.id"], name=op.f("fk_carried_over_case_id_pathway_case")),
        sa.ForeignKeyConstraint(
            ["from_case_id"], ["pathway_case.id"], name=op.f("fk_carried_over_from_case_id_pathway_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carried_over")),
    )
    op.create_index("uq_carried_over_subject", "carried_over", ["case_id", "kind", "subject_id"], unique=True)
    op.create_index("ix_carried_over_subject", "carried_over", ["subject_id"], unique=False)


def downgrade() -> None:
    op.drop_table("carried_over")
    op.drop_column("pathway_case", "follows_case_id")
    op.drop_column("duty", "closing_reason")
    op.drop_constraint(op.f("ck_next_step_ends_once"), "next_step")
    for column in ("moved_from_id", "drop_reason", "dropped_on"):
        op.drop_column("next_step", column)
    op.drop_constraint(op.f("ck_case_closing_known_ground"), "case_closing")
    for column in ("is_feedback_asked", "supported_by", "ground", "client_estimate"):
        op.drop_column("case_closing", column)
