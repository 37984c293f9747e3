"""A member of the network who came over from the path before keeps the row they had there."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

KEY = "fk_network_member_came_from_id_network_member"


def upgrade() -> None:
    op.add_column("network_member", sa.Column("came_from_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f(KEY), "network_member", "network_member", ["came_from_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint(op.f(KEY), "network_member", type_="foreignkey")
    op.drop_column("network_member", "came_from_id")
