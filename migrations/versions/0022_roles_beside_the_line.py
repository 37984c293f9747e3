"""In group employment one answers for the entry and one for the progress, beside the responsible worker."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CHECK = "ck_responsible_period_known_kind"


def upgrade() -> None:
    op.drop_constraint(op.f(CHECK), "responsible_period", type_="check")
    op.create_check_constraint(op.f(CHECK), "responsible_period", "kind IN ('primary', 'pair', 'entry', 'progress')")


def downgrade() -> None:
    op.execute("DELETE FROM responsible_period WHERE kind IN ('entry', 'progress')")
    op.drop_constraint(op.f(CHECK), "responsible_period", type_="check")
    op.create_check_constraint(op.f(CHECK), "responsible_period", "kind IN ('primary', 'pair')")
