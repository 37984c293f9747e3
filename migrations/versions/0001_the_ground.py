"""The ground: once keys, counters, the audit trail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""CREATE FUNCTION fi_key(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
    $$ SELECT translate(lower(t), 'åäöæøõüéèáàêíóúšžñ', '{|}|}oueeaaeiouszn') $$""")
    op.execute("""CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege'; END $$""")
    op.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO polku_app")
    op.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO polku_app")
    op.execute("GRANT USAGE ON SCHEMA public TO polku_app")
    op.execute("GRANT SELECT ON alembic_version TO polku_app")
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object_kind", sa.String(length=60), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("client_ids", postgresql.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_actor", "audit_event", ["actor_id", "id"], unique=False)
    op.create_index(
        "ix_audit_event_client",
        "audit_event",
        ["client_id", "id"],
        unique=False,
        postgresql_where="client_id IS NOT NULL",
    )
    op.create_index(
        "ix_audit_event_listed",
        "audit_event",
        ["client_ids"],
        unique=False,
        postgresql_using="gin",
        postgresql_where="client_ids IS NOT NULL",
    )
    op.create_table(
        "once_key",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_once_key")),
    )
    op.create_index(op.f("ix_once_key_created_at"), "once_key", ["created_at"], unique=False)
    op.create_table(
        "rate_counter",
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "key_hash", "window_start", name=op.f("pk_rate_counter")),
    )
    op.create_index(op.f("ix_rate_counter_window_start"), "rate_counter", ["window_start"], unique=False)
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON audit_event FROM polku_app")
    op.execute(
        "CREATE TRIGGER audit_event_rows BEFORE UPDATE OR DELETE ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER audit_event_table BEFORE TRUNCATE ON audit_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_rate_counter_window_start"), table_name="rate_counter")
    op.drop_table("rate_counter")
    op.drop_index(op.f("ix_once_key_created_at"), table_name="once_key")
    op.drop_table("once_key")
    op.drop_index(
        "ix_audit_event_listed",
        table_name="audit_event",
        postgresql_using="gin",
        postgresql_where="client_ids IS NOT NULL",
    )
    op.drop_index("ix_audit_event_client", table_name="audit_event", postgresql_where="client_id IS NOT NULL")
    op.drop_index("ix_audit_event_actor", table_name="audit_event")
    op.drop_table("audit_event")
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DROP FUNCTION fi_key(text)")
    op.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM polku_app")
    op.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM polku_app")
    op.execute("REVOKE USAGE ON SCHEMA public FROM polku_app")
    op.execute("REVOKE SELECT ON alembic_version FROM polku_app")
