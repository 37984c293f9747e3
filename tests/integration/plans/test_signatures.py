"""Who has signed a plan: the three parties of DO02 and DO03, the client of any other, before and after it holds."""

from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.access.actor import system_actor
from app.audit.models import AuditEvent
from app.cases import services as cases
from app.cases.domain import Background, CaseView
from app.core.errors import Conflict, NotFound, Refused
from app.core.uow import UnitOfWork
from app.plans import queries, services
from app.plans.activity import start_check
from app.plans.domain import SignatureWay
from app.plans.fields import Answer
from app.plans.limits import Met, StartCheck
from app.plans.signing import SignatureEntry
from app.workbench import queries as workbench
from tests.factories.assessments import create_needs, finish_needs
from tests.factories.cases import create_case
from tests.factories.plans import build_content, build_signatures, build_week, create_draft, needed_answers

DEMO = system_actor("system:demo")
TODAY = date(2026, 11, 24)
THREE = ("client", "social_welfare", "labour_authority")


@pytest.fixture
def case(uow: UnitOfWork) -> CaseView:
    return create_case(uow, model="quality_based_coaching")


def a_draft(uow: UnitOfWork, case: CaseView, now: datetime, *, kind: str, has_activity: bool = False) -> UUID:
    chosen = {"includes_activity": "yes"} if has_activity else {}
    answers = needed_answers(kind, TODAY, **chosen)
    if has_activity:
        answers["evaluation_on"] = Answer(day=date(2027, 5, 3))
    content = build_content(
        next_review_on=date(2027, 2, 1),
        answers=answers,
        period=(date(2026, 12, 1), date(2027, 5, 31)),
        week=build_week(1, 3) if has_activity else None,
    )
    return create_draft(uow, case, kind=kind, content=content, now=now)


def bring(
    uow: UnitOfWork,
    case: CaseView,
    version_id: UUID,
    now: datetime,
    *signatures: SignatureEntry,
    **reasons: str,
) -> None:
    services.bring_into_force(
        uow,
        case,
        version_id,
        in_force_on=TODAY,
        signatures=signatures,
        reasons=reasons,
        client_comment=None,
        facts=workbench.facts_of(uow, case, TODAY),
        expected_version=queries.version_of(uow, case.id, version_id).head.version,
        actor=DEMO,
        now=now,
    )


def fields_of(refused: pytest.ExceptionInfo[Refused]) -> list[str | None]:
    return [reason.field for reason in refused.value.reasons]


@pytest.mark.parametrize("kind", ["activation_plan", "multisector_employment_plan"])
@pytest.mark.parametrize("absent", THREE)
def test_a_plan_of_three_parties_asks_all_three_or_a_reason(
    uow: UnitOfWork, case: CaseView, now: datetime, kind: str, absent: str
) -> None:
    """DO02: 189/2001 5 §; DO03: 381/2023 4 §."""
    version_id = a_draft(uow, case, now, kind=kind)
    signed = build_signatures(kind, TODAY, parties=[party for party in THREE if party != absent])
    with pytest.raises(Refused, match="Signature missing") as refused:
        bring(uow, case, version_id, now, *signed)
    assert fields_of(refused) == ["reason-signatures"]
    bring(uow, case, version_id, now, *signed, signatures="Edustaja allekirjoittaa perjantaina.")
    version = queries.version_of(uow, case.id, version_id)
    assert {one.party for one in version.signatures} == set(THREE) - {absent}
    assert version.reasons == {"signatures": "Edustaja allekirjoittaa perjantaina."}


def test_all_three_signatures_need_no_reason(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    version_id = a_draft(uow, case, now, kind="activation_plan")
    bring(uow, case, version_id, now, *build_signatures("activation_plan", TODAY))
    assert queries.version_of(uow, case.id, version_id).reasons == {}


def test_any_other_plan_asks_the_client_and_takes_no_reason_for_it(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    """812/2000: a plan is made in mutual understanding with the client."""
    version_id = a_draft(uow, case, now, kind="client_plan")
    with pytest.raises(Refused) as refused:
        bring(
            uow, case, version_id, now, *build_signatures("", TODAY, parties=["social_welfare"]), signatures="ei ehdi"
        )
    assert fields_of(refused) == ["sign-client-on"]
    bring(uow, case, version_id, now, *build_signatures("", TODAY, parties=["client"]))


def test_a_signature_says_who_when_how_and_where_it_is_kept_and_the_name_is_sealed(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    version_id = a_draft(uow, case, now, kind="activation_plan")
    entry = SignatureEntry(
        party="labour_authority", signed_on=TODAY, way=SignatureWay.ELECTRONIC, name="Tuomas Harju", system="SY11"
    )
    services.record_signatures(uow, case, version_id, signatures=[entry], actor=DEMO, now=now)
    (found,) = queries.version_of(uow, case.id, version_id).signatures
    assert (found.party, found.signed_on, found.way) == ("labour_authority", TODAY, SignatureWay.ELECTRONIC)
    assert (found.name, found.system) == ("Tuomas Harju", "SY11")
    blob = uow.session.execute(text("SELECT name FROM plan_signature")).scalar_one()
    assert b"Harju" not in bytes(blob)
    event = uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "plan_signed")).one()
    assert event.detail["party"] == "labour_authority"
    assert "Harju" not in str(event.detail)


def test_a_support_person_may_sign_and_kela_when_it_takes_part(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    """381/2023 4 §: Kela joins when its rehabilitation is needed."""
    kind = "multisector_employment_plan"
    version_id = a_draft(uow, case, now, kind=kind)
    beside = build_signatures(kind, TODAY, parties=["support_person"])
    services.record_signatures(uow, case, version_id, signatures=beside, actor=DEMO, now=now)
    kela = build_signatures(kind, TODAY, parties=["kela"])
    with pytest.raises(Refused, match="does not sign"):
        services.record_signatures(uow, case, version_id, signatures=kela, actor=DEMO, now=now)
    services.remove_signature(uow, case, version_id, "support_person", actor=DEMO, now=now)
    answers = needed_answers(kind, TODAY, kela_part="yes")
    content = build_content(next_review_on=date(2027, 2, 1), answers=answers)
    services.write_version(uow, case, version_id, content=content, expected_version=2, actor=DEMO, now=now)
    services.record_signatures(uow, case, version_id, signatures=kela, actor=DEMO, now=now)


def test_a_signed_draft_is_frozen_until_its_signatures_are_taken_back(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    version_id = a_draft(uow, case, now, kind="client_plan")
    signed = build_signatures("client_plan", TODAY, parties=["client"])
    services.record_signatures(uow, case, version_id, signatures=signed, actor=DEMO, now=now)
    content = build_content(goals=["Muuta kuin sovittiin"], next_review_on=date(2027, 2, 1))
    with pytest.raises(Refused, match="has been signed"):
        services.write_version(uow, case, version_id, content=content, expected_version=2, actor=DEMO, now=now)
    services.remove_signature(uow, case, version_id, "client", actor=DEMO, now=now)
    services.write_version(uow, case, version_id, content=content, expected_version=2, actor=DEMO, now=now)
    with pytest.raises(NotFound):
        services.remove_signature(uow, case, version_id, "client", actor=DEMO, now=now)


def test_a_missing_signature_may_come_after_the_plan_holds_and_stays(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    version_id = a_draft(uow, case, now, kind="activation_plan")
    two = build_signatures("activation_plan", TODAY, parties=THREE[:2])
    bring(uow, case, version_id, now, *two, signatures="Tulee postissa.")
    late = build_signatures("activation_plan", TODAY, parties=THREE[2:])
    services.record_signatures(uow, case, version_id, signatures=late, actor=DEMO, now=now)
    assert len(queries.version_of(uow, case.id, version_id).signatures) == 3
    with pytest.raises(Refused, match="on record already"):
        services.record_signatures(uow, case, version_id, signatures=late, actor=DEMO, now=now)
    with pytest.raises(Conflict):
        services.remove_signature(uow, case, version_id, "client", actor=DEMO, now=now)


def test_half_a_signature_is_told_what_it_lacks(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    version_id = a_draft(uow, case, now, kind="client_plan")
    halves = [
        SignatureEntry(party="client", way=SignatureWay.ORAL),
        SignatureEntry(party="social_welfare", signed_on=date(2026, 11, 25), system="SY99"),
    ]
    with pytest.raises(Refused) as refused:
        services.record_signatures(uow, case, version_id, signatures=halves, actor=DEMO, now=now)
    assert fields_of(refused) == [
        "sign-client-on",
        "sign-social_welfare-on",
        "sign-social_welfare-way",
        "sign-social_welfare-system",
    ]
    with pytest.raises(Refused, match="at least one"):
        services.record_signatures(uow, case, version_id, signatures=[], actor=DEMO, now=now)


def test_a_next_version_begins_unsigned(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    version_id = a_draft(uow, case, now, kind="client_plan")
    bring(uow, case, version_id, now, *build_signatures("client_plan", TODAY, parties=["client"]))
    plan_id = queries.version_of(uow, case.id, version_id).head.plan_id
    second = services.start_version(uow, case, plan_id, actor=DEMO, now=now)
    assert queries.version_of(uow, case.id, second).signatures == ()
    with pytest.raises(Conflict):
        services.record_signatures(
            uow,
            case,
            _superseded(uow, case, version_id, second, now),
            signatures=build_signatures("client_plan", TODAY, parties=["social_welfare"]),
            actor=DEMO,
            now=now,
        )


def _superseded(uow: UnitOfWork, case: CaseView, older: UUID, newer: UUID, now: datetime) -> UUID:
    copied = queries.version_of(uow, case.id, newer)
    content = build_content(next_review_on=date(2027, 2, 1), answers=copied.answers)
    services.write_version(uow, case, newer, content=content, expected_version=2, actor=DEMO, now=now)
    bring(uow, case, newer, now, *build_signatures("client_plan", TODAY, parties=["client"]))
    return older


def test_ru03_activity_without_assessment_and_meeting_on_record_asks_why(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    """RU03: the start rests on a needs assessment and a meeting of the three; what is not on record asks a reason."""
    version_id = a_draft(uow, case, now, kind="activation_plan", has_activity=True)
    signed = build_signatures("activation_plan", TODAY)
    with pytest.raises(Refused, match="Not on record") as refused:
        bring(uow, case, version_id, now, *signed)
    assert fields_of(refused) == ["reason-start", "reason-start"]
    bring(uow, case, version_id, now, *signed, start="Arvio on sosiaalihuollon järjestelmässä.")
    assert "start" in queries.version_of(uow, case.id, version_id).reasons


def the_check(uow: UnitOfWork, case: CaseView, version_id: UUID) -> StartCheck:
    version = queries.version_of(uow, case.id, version_id)
    check = start_check(uow, case, version, TODAY, workbench.facts_of(uow, case, TODAY))
    assert check is not None
    return check


def test_ru03_a_needs_assessment_finished_here_counts_like_one_recorded_elsewhere(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    """RU03: a needs assessment (DO01) that is only a draft gives no ground; finished, it asks no reason any more."""
    version_id = a_draft(uow, case, now, kind="activation_plan", has_activity=True)
    needs = create_needs(uow, case, on=date(2026, 11, 10))
    assert [one.met for one in the_check(uow, case, version_id).ground][:2] == [Met.UNKNOWN, Met.UNKNOWN]
    finish_needs(uow, case, needs, on=date(2026, 11, 20))
    check = the_check(uow, case, version_id)
    assert [one.met for one in check.ground][:2] == [Met.YES, Met.UNKNOWN]
    assert [one.code for one in check.breaches] == ["RU03"]
    signed = build_signatures("activation_plan", TODAY)
    with pytest.raises(Refused, match="have met") as refused:
        bring(uow, case, version_id, now, *signed)
    assert fields_of(refused) == ["reason-start"]


def test_ru01_a_client_outside_the_target_group_asks_why_and_an_unknown_one_does_not(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    """RU01: what is known to fail asks a reason; what is not known is told and asks nothing."""
    version_id = a_draft(uow, case, now, kind="activation_plan", has_activity=True)
    check = the_check(uow, case, version_id)
    assert {one.met for one in check.target} == {Met.UNKNOWN}
    assert [one.code for one in check.breaches] == ["RU03", "RU03"]
    known = Background(is_unemployed=False, benefit="general_support")
    cases.keep_background(uow, case, known, expected_number=0, actor=DEMO, now=now)
    check = the_check(uow, case, version_id)
    assert [one.met for one in check.target] == [Met.NO, Met.YES, Met.UNKNOWN]
    assert [one.code for one in check.breaches] == ["RU01", "RU03", "RU03"]
