"""The person register: what is sealed, what is clear, and how a sealed name is found."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Sequence, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, Instant, Sealed

REF_NUMBERS = Sequence("client_ref_number", start=1001, metadata=Base.metadata)


class Client(Base):
    """A person. Contact data of a protected person is not here but in `app.protection` (ruling 1)."""

    __tablename__ = "client"

    id: Mapped[Id]
    ref_number: Mapped[int] = mapped_column(
        BigInteger, REF_NUMBERS, server_default=REF_NUMBERS.next_value(), unique=True
    )
    identity_code: Mapped[Sealed | None]
    identity_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    match_hash: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    last_name: Mapped[Sealed]
    first_names: Mapped[Sealed]
    call_name: Mapped[Sealed | None]
    birth_on: Mapped[Sealed | None]
    contact_language: Mapped[str] = mapped_column(String(20), default="fi")
    interpreter_language: Mapped[str | None] = mapped_column(String(20))
    needs_plain_language: Mapped[bool] = mapped_column(default=False)
    has_address_protection: Mapped[bool] = mapped_column(default=False)
    municipality_code: Mapped[str | None] = mapped_column(String(3))
    phone: Mapped[Sealed | None]
    email: Mapped[Sealed | None]
    address: Mapped[Sealed | None]
    contact_source: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(20), default="work")
    registered_at: Mapped[Instant]
    registered_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own attribute


class ClientToken(Base):
    """One keyed prefix of one name, filed under a team that sees the client (stack: token, team, client).

    A client without a team is filed under the nil UUID, which coordinators search too.
    """

    __tablename__ = "client_token"
    __table_args__ = (Index("ix_client_token_client", "client_id", "token"),)

    token: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    team_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), primary_key=True)
