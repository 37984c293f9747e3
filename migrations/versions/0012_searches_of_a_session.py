"""A session keeps its searches itself: half an hour of five short texts is no table."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("person_search")


def downgrade() -> None:
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
