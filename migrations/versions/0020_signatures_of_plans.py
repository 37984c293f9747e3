"""Every party signs a plan, not the client alone: what the client accepted becomes the client's signature."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(length=60), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("system", sa.String(length=60), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("way IN ('oral', 'paper', 'electronic')", name=op.f("ck_plan_signature_known_way")),
        sa.ForeignKeyConstraint(
            ["plan_version_id"],
            ["plan_version.id"],
            name=op.f("fk_plan_signature_plan_version_id_plan_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_signature")),
    )
    op.create_index("uq_plan_signature_party", "plan_signature", ["plan_version_id", "party"], unique=True)
    # A day without a way, which no form could write, is kept as the spoken word it was. When and by whom it was
    # recorded is not known apart from the version itself, so it is not told.
    op.execute(
        "INSERT INTO plan_signature (id, plan_version_id, party, signed_on, way)"
        " SELECT gen_random_uuid(), id, 'client', accepted_on,"
        " CASE acceptance_way WHEN 'signed' THEN 'paper' WHEN 'electronic' THEN 'electronic' ELSE 'oral' END"
        " FROM plan_version WHERE accepted_on IS NOT NULL"
    )
    op.drop_column("plan_version", "acceptance_way")
    op.drop_column("plan_version", "accepted_on")


def downgrade() -> None:
    op.add_column("plan_version", sa.Column("accepted_on", sa.Date(), nullable=True))
    op.add_column("plan_version", sa.Column("acceptance_way", sa.String(length=20), nullable=True))
    op.execute(
        "UPDATE plan_version SET accepted_on = s.signed_on,"
        " acceptance_way = CASE s.way WHEN 'paper' THEN 'signed' ELSE s.way END"
        " FROM plan_signature s WHERE s.plan_version_id = plan_version.id AND s.party = 'client'"
    )
    op.drop_index("uq_plan_signature_party", table_name="plan_signature")
    op.drop_table("plan_signature")
