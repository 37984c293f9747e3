"""A review says which parties took part, and the reviews of one meeting of a group share the meeting's id."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    parties = sa.Column[list[str]]("parties", sa.ARRAY(sa.String(length=60)), nullable=False, server_default="{}")
    op.add_column("review", parties)
    op.alter_column("review", "parties", server_default=None)
    op.add_column("review", sa.Column("missing_reason", sa.LargeBinary(), nullable=True))
    op.add_column("review", sa.Column("meeting_id", sa.Uuid(), nullable=True))
    op.add_column("review", sa.Column("meeting_notes", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("review", "meeting_notes")
    op.drop_column("review", "meeting_id")
    op.drop_column("review", "missing_reason")
    op.drop_column("review", "parties")
