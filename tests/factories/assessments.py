"""What is known of a client for tests of rules, and records of identification and of needs for tests of acts."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from app.access.actor import system_actor
from app.assessments import queries, services
from app.assessments.domain import IdentificationEntry
from app.assessments.known import Known, Truth
from app.assessments.needs import NeedsContent, Network
from app.assessments.rules import judge
from app.cases.domain import Background, CaseView
from app.core.uow import UnitOfWork
from app.reference.loader import reference
from tests.factories.cases import moment_of

NOW: Final = date(2026, 11, 24)
BORN: Final = date(1984, 3, 12)


def known(on: date = NOW, born_on: date | None = BORN, municipality: str | None = None, **facts: Any) -> Known:  # noqa: ANN401 - facts by name
    """Facts by name; those of the record are gathered into it."""
    own = {name for name in facts if name in Background.__dataclass_fields__}
    background = Background(**{name: facts.pop(name) for name in own})
    return Known(on=on, born_on=born_on, municipality=municipality, background=background, **facts)


def holds(code: str, facts: Known) -> Truth:
    return judge(code, facts, reference()).holds


def build_entry(on: date = NOW, **parts: Any) -> IdentificationEntry:  # noqa: ANN401 - parts of the entry by name
    """One save of the identification form on a day."""
    return IdentificationEntry(noted_on=on, **parts)


COMPLETE: Final = NeedsContent(
    profession="social_counsellor",
    is_office_holder=False,
    is_urgent=False,
    needs_own_worker=True,
    network=Network.MAPPED,
    texts={
        "participants": "asiakas ja sosiaaliohjaaja",
        "situation": "Asuu yksin. Työttömänä kaksi vuotta.",
        "need_employment": "Tukea päivärytmiin ja työkokeiluun.",
        "client_view": "Haluan töihin, mutta en heti täysillä.",
        "conclusions": "Asiakkuus alkaa.",
        "own_worker_reason": "Asioita on monta yhtä aikaa.",
    },
)


def create_needs(
    uow: UnitOfWork, case: CaseView, *, on: date, group: str = "other_adult", content: NeedsContent | None = COMPLETE
) -> UUID:
    """Initiate and start a needs assessment on a day, write its draft, and return the draft's id."""
    actor, now = system_actor("system:demo"), moment_of(on)
    version_id = services.initiate_needs(uow, case, initiated_on=on, client_group=group, actor=actor, now=now)
    if content is not None:
        write_needs(uow, case, version_id, content=content, initiated_on=on, group=group, started_on=on)
    return version_id


def write_needs(
    uow: UnitOfWork,
    case: CaseView,
    version_id: UUID,
    *,
    content: NeedsContent = COMPLETE,
    initiated_on: date,
    group: str = "other_adult",
    started_on: date | None = None,
    expected: int | None = None,
    now: datetime | None = None,
) -> None:
    """Write a draft from its newest version on, unless another is expected."""
    seen = queries.version_in(queries.needs_of(uow, case.id), version_id).version
    services.write_needs(
        uow,
        case,
        version_id,
        content=content,
        initiated_on=initiated_on,
        client_group=group,
        started_on=started_on,
        expected_version=seen if expected is None else expected,
        actor=system_actor("system:demo"),
        now=now or moment_of(started_on or initiated_on),
    )


def finish_needs(uow: UnitOfWork, case: CaseView, version_id: UUID, *, on: date) -> None:
    """Finish a draft on a day, its official copy in the system of social welfare."""
    services.finish_needs(
        uow,
        case,
        version_id,
        finished_on=on,
        system="SY02",
        recorded_on=on,
        document_ref="2026-1",
        expected_version=queries.version_in(queries.needs_of(uow, case.id), version_id).version,
        actor=system_actor("system:demo"),
        now=moment_of(on),
    )
