"""Results of measures: numbers with decimals, summaries, observations, forms given, and corrections."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CHECKS = {
    "known_event": "event IN ('result', 'form_given')",
    "form_has_no_value": "event = 'result' OR value IS NULL",
    "corrected_with_reason": "(corrected_at IS NULL) = (correction_reason IS NULL)",
    "replaced_when_corrected": "replaced_by IS NULL OR corrected_at IS NOT NULL",
}
SEALED = ("name", "summary", "reference", "correction_reason")


def upgrade() -> None:
    op.alter_column("measure_value", "value", type_=sa.Numeric(9, 3), existing_type=sa.SmallInteger(), nullable=True)
    op.add_column("measure_value", sa.Column("event", sa.String(length=20), server_default="result", nullable=False))
    op.add_column("measure_value", sa.Column("language", sa.String(length=60), nullable=True))
    for name in SEALED:
        op.add_column("measure_value", sa.Column(name, sa.LargeBinary(), nullable=True))
    op.add_column("measure_value", sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("measure_value", sa.Column("corrected_by", sa.Uuid(), nullable=True))
    op.add_column("measure_value", sa.Column("replaced_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_measure_value_replaced_by_measure_value"), "measure_value", "measure_value", ["replaced_by"], ["id"]
    )
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_measure_value_{name}"), "measure_value", condition)
    op.create_table(
        "measure_observation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measure_value_id", sa.Uuid(), nullable=False),
        sa.Column("aspect", sa.String(length=60), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_value_id"],
            ["measure_value.id"],
            name=op.f("fk_measure_observation_measure_value_id_measure_value"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_observation")),
    )
    op.create_index("uq_measure_observation_aspect", "measure_observation", ["measure_value_id", "aspect"], unique=True)


def downgrade() -> None:
    op.drop_table("measure_observation")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_measure_value_{name}"), "measure_value", type_="check")
    op.drop_constraint(op.f("fk_measure_value_replaced_by_measure_value"), "measure_value", type_="foreignkey")
    for name in ("replaced_by", "corrected_by", "corrected_at", *SEALED, "language", "event"):
        op.drop_column("measure_value", name)
    op.execute("DELETE FROM measure_value WHERE value IS NULL")
    op.alter_column("measure_value", "value", type_=sa.SmallInteger(), existing_type=sa.Numeric(9, 3), nullable=False)
