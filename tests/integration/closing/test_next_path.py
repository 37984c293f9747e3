"""A path goes on from another with what the worker ticked: by reference, with its origin, in one transaction."""

from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.access.actor import Role
from app.assessments import services as assessments
from app.assessments.queries import carried_needs, identification_of, met_needs
from app.cases import queries as cases
from app.cases.domain import Background, CaseView
from app.cases.models import Case
from app.cases.services import keep_background
from app.closing import queries, services
from app.closing.domain import CarryKind, NextPath
from app.consents import queries as consents
from app.consents.domain import ConsentKind
from app.core.errors import Refused
from app.core.uow import UnitOfWork
from app.duties import queries as ledger
from app.measures.models import MeasureValue
from app.network import queries as network
from app.pathways.loader import latest
from app.plans.domain import GoalOutcome
from app.workbench import services as workbench
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.assessments import build_entry as build_identification
from tests.factories.assessments import create_needs, finish_needs
from tests.factories.cases import create_case, seen_by
from tests.factories.closing import close_case
from tests.factories.consents import build_entry, create_consent
from tests.factories.network import assign, create_member
from tests.factories.plans import create_plan_in_force, hold_review

TODAY = date(2026, 11, 24)


class Desk:
    """A social counsellor with a case of model B that is about to end."""

    def __init__(self, uow: UnitOfWork, now: datetime, *, model: str = "quality_based_coaching") -> None:
        self.uow, self.now = uow, now
        self.team = create_team(uow)
        worker = create_user(uow, roles=(Role.OWN_WORKER,), teams=(self.team,), professions=("social_counsellor",))
        self.worker, self.actor = worker, actor_of(uow, worker)
        self.id = create_case(uow, team=self.team, model=model).id
        assign(uow, cases.case_of(uow, self.id), worker, now=date(2026, 11, 3))

    @property
    def case(self) -> CaseView:
        return seen_by(self.uow, self.actor, cases.case_of(self.uow, self.id), now=self.now)

    def offers(self, model: str) -> dict[str, str | None]:
        found = queries.offers_of(self.uow, self.case, latest(model), TODAY)
        return {one.words: str(one.why_not) if one.why_not else None for one in found}

    def follow(
        self,
        *,
        model: str = "group_employment",
        worker: UUID | None = None,
        reason: str | None = None,
        carried: dict[CarryKind, tuple[UUID, ...]] | None = None,
    ) -> CaseView:
        following = NextPath(
            model_key=model,
            opened_on=TODAY,
            contact_source="self",
            basis_note="Asiakas toivoi ryhmää.",
            worker_id=worker,
            profession_reason=reason,
            carried=carried or {},
        )
        return services.follow(self.uow, self.case, following, actor=self.actor, now=self.now)


@pytest.fixture
def desk(uow: UnitOfWork, now: datetime) -> Desk:
    return Desk(uow, now)


def test_the_new_path_knows_where_it_comes_from_and_the_old_one_where_it_goes(desk: Desk, now: datetime) -> None:
    opened = desk.follow()
    actor = desk.actor
    shell = queries.carried_page(desk.uow, actor, opened.id, now=now, today=TODAY).shell
    assert shell.before == (desk.id, desk.case.ref)
    old = queries.next_path_page(desk.uow, actor, desk.id, None, now=now, today=TODAY).shell
    assert old.after == (opened.id, opened.ref)


def test_a_consent_goes_on_by_reference_and_its_end_is_asked_about_in_the_new_path(desk: Desk) -> None:
    consent = create_consent(desk.uow, desk.case, build_entry(valid_until=date(2027, 5, 1)), now=desk.now)
    opened = desk.follow(carried={CarryKind.CONSENT: (consent,)})
    assert [one.id for one in consents.consents_of(desk.uow, opened.id)] == [consent]
    assert [duty.due_on for duty in ledger.open_of_case(desk.uow, opened.id)] == [date(2027, 5, 1)]
    assert consents.basis_for(desk.uow, opened.id, party="kela", on=TODAY).holds


def test_withdrawing_it_in_the_new_path_ends_sharing_in_both(desk: Desk) -> None:
    consent = create_consent(desk.uow, desk.case, build_entry(), now=desk.now)
    create_member(desk.uow, desk.case, now=desk.now)
    opened = desk.follow(carried={CarryKind.CONSENT: (consent,)})
    create_member(desk.uow, opened, now=desk.now)
    seen = seen_by(desk.uow, desk.actor, opened, now=desk.now)
    workbench.withdraw_consent(desk.uow, seen, consent, on=TODAY, reason=None, actor=desk.actor, now=desk.now)
    for case_id in (desk.id, opened.id):
        assert not consents.basis_for(desk.uow, case_id, party="kela", on=TODAY).holds
        assert [duty.kind for duty in ledger.open_of_case(desk.uow, case_id)] == ["member_without_basis"]


def test_a_consent_does_not_cross_from_one_client_register_to_the_other(desk: Desk) -> None:
    """703/2023 sections 18 and 53: health care and social welfare keep registers of their own."""
    consent = create_consent(desk.uow, desk.case, build_entry(), now=desk.now)
    assert desk.offers("group_employment") == {"Kela": None}
    assert desk.offers("work_ability_support") == {
        "Kela": "It was given for another client register. Ask the client anew."
    }
    with pytest.raises(Refused) as refusal:
        desk.follow(model="work_ability_support", carried={CarryKind.CONSENT: (consent,)})
    assert [reason.field for reason in refusal.value.reasons] == ["consents"]


def test_a_basis_in_law_is_weighed_anew_and_the_clients_no_goes_along_always(desk: Desk) -> None:
    law = build_entry(kind=ConsentKind.STATUTORY, basis="LAW_189_2001_12", given=("labour_authority",))
    create_consent(desk.uow, desk.case, law, now=desk.now)
    no = build_entry(kind=ConsentKind.PROHIBITION, given=("health_care",))
    forbidden = create_consent(desk.uow, desk.case, no, now=desk.now)
    opened = desk.follow(model="work_ability_support")
    assert [one.id for one in consents.consents_of(desk.uow, opened.id)] == [forbidden]


def test_a_member_goes_along_only_with_the_consent_that_covers_their_party(desk: Desk) -> None:
    consent = create_consent(desk.uow, desk.case, build_entry(given=("kela",)), now=desk.now)
    member = create_member(desk.uow, desk.case, name="Mirva Salo", party="kela", contact="040 000 0001", now=desk.now)
    create_member(desk.uow, desk.case, name="Pekka Poutanen", party="health_care", now=desk.now)
    assert desk.offers("group_employment") == {
        "Kela": None,
        "Mirva Salo, Kela, asiantuntija": None,
        "Pekka Poutanen, Terveydenhuolto, asiantuntija": "No consent that goes on covers the party.",
    }
    with pytest.raises(Refused) as refusal:
        desk.follow(carried={CarryKind.MEMBER: (member,)})
    assert [reason.field for reason in refusal.value.reasons] == ["members"]
    opened = desk.follow(carried={CarryKind.MEMBER: (member,), CarryKind.CONSENT: (consent,)})
    (one,) = network.members_of(desk.uow, opened.id, TODAY)
    assert (one.name, one.contact, one.basis.holds) == ("Mirva Salo", "040 000 0001", True)
    assert one.came_from_id == member


def test_goals_that_were_not_reached_are_suggested_and_those_reached_are_not(desk: Desk) -> None:
    plan = create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 11, 4), goals=("Haluan töihin",))
    assert desk.offers("group_employment") == {"Haluan töihin": None}
    hold_review(desk.uow, desk.case, plan, held_on=date(2026, 11, 20))
    assert desk.offers("group_employment") == {"Haluan töihin": None}, "partly is not reached"


def test_a_goal_that_was_met_is_not_suggested(desk: Desk) -> None:
    plan = create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 11, 4), goals=("Haluan töihin",))
    hold_review(desk.uow, desk.case, plan, held_on=date(2026, 11, 20), outcome=GoalOutcome.MET)
    assert desk.offers("group_employment") == {}


def test_measures_and_goals_are_references_and_no_second_copy(desk: Desk) -> None:
    create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 11, 4), goals=("Haluan töihin",))
    (offer,) = queries.offers_of(desk.uow, desk.case, latest("group_employment"), TODAY)
    opened = desk.follow(carried={CarryKind.GOAL: (offer.id,)})
    page = queries.carried_page(desk.uow, desk.actor, opened.id, now=desk.now, today=TODAY)
    assert [(one.kind, one.words) for one in page.carried] == [(CarryKind.GOAL, "Haluan töihin")]
    assert desk.uow.session.scalar(select(func.count()).where(MeasureValue.case_id == opened.id)) == 0


def test_the_background_becomes_the_first_version_in_the_new_path(desk: Desk) -> None:
    facts = Background(is_unemployed=True, unemployed_since=date(2025, 3, 1))
    keep_background(desk.uow, desk.case, facts, expected_number=0, actor=desk.actor, now=desk.now)
    opened = desk.follow(carried={CarryKind.BACKGROUND: (desk.id,)})
    assert cases.background_of(desk.uow, opened.id).facts == facts.facts


def test_the_worker_goes_on_when_the_next_model_names_their_profession_else_a_reason_is_asked(desk: Desk) -> None:
    keeper = queries.keeper_of(desk.uow, desk.case, latest("work_ability_support"), now=desk.now)
    assert keeper is not None
    assert keeper.id == desk.worker.id
    allowed = latest("group_employment").allows(frozenset(desk.worker.professions), "pre_contact")
    assert not allowed
    begun = desk.uow.session.begin_nested()
    with pytest.raises(Refused) as refusal:
        desk.follow(worker=desk.worker.id)
    begun.rollback()
    assert [reason.field for reason in refusal.value.reasons] == ["profession_reason"]
    assert desk.follow(worker=desk.worker.id, reason="Tuntee asiakkaan").worker_id == desk.worker.id


def test_a_path_may_follow_a_closed_one_too(desk: Desk) -> None:
    create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 11, 4), goals=("Haluan töihin",))
    close_case(desk.uow, desk.case, actor=desk.actor, now=desk.now)
    assert desk.offers("group_employment") == {"Haluan töihin": None}
    keeper = queries.keeper_of(desk.uow, desk.case, latest("group_employment"), now=desk.now)
    assert keeper is not None
    opened = desk.follow()
    row = desk.uow.session.scalars(select(Case.follows_case_id).where(Case.id == opened.id)).one()
    assert row == desk.id


def test_somebody_who_may_not_see_the_old_path_opens_nothing_from_it(desk: Desk) -> None:
    user = create_user(desk.uow, roles=(Role.OWN_WORKER,), teams=(create_team(desk.uow),))
    stranger = actor_of(desk.uow, user)
    following = NextPath(model_key="group_employment", opened_on=TODAY, contact_source="self", basis_note="x")
    with pytest.raises(Exception, match="not found"):
        services.follow(desk.uow, cases.case_of(desk.uow, desk.id), following, actor=stranger, now=desk.now)


# ---------------------------------------------------------------- what was identified and assessed
OTHER_REGISTER = "It was written in another client register. Ask the client anew."


def identify(desk: Desk, *, health: str = "") -> None:
    """Two facts and a trigger in the path that is about to end; health with the client's permission."""
    texts = {"skills": "Osaa hitsata", "strengths": "Sinnikäs"} | ({"health": health} if health else {})
    entry = build_identification(on=date(2026, 11, 10), signs=frozenset({"TR03"}), remark="kertoi itse", texts=texts)
    assessments.keep_identification(desk.uow, desk.case, entry, expected_number=0, actor=desk.actor, now=desk.now)


def kinds_offered(desk: Desk, model: str) -> dict[str, str | None]:
    found = queries.offers_of(desk.uow, desk.case, latest(model), TODAY)
    return {one.kind: str(one.why_not) if one.why_not else None for one in found}


def test_what_was_identified_begins_the_new_path_and_lives_its_own_life_there(desk: Desk) -> None:
    """PA2: a sign keeps its day and who noticed it; what is written later in one path stays in it."""
    identify(desk)
    opened = desk.follow(carried={CarryKind.FACTS: (desk.id,), CarryKind.SIGNS: (desk.id,)})
    record = identification_of(desk.uow, opened.id)
    assert (record.value("skills"), record.value("strengths")) == ("Osaa hitsata", "Sinnikäs")
    (sign,) = record.open_signs("trigger")
    told = (sign.code, sign.noted_on, sign.noted_by, sign.remark)
    assert told == ("TR03", date(2026, 11, 10), desk.worker.id, "kertoi itse")
    entry = build_identification(texts={"skills": "Ei hitsaa enää"})
    old = identification_of(desk.uow, desk.id).number
    assessments.keep_identification(desk.uow, desk.case, entry, expected_number=old, actor=desk.actor, now=desk.now)
    assert identification_of(desk.uow, opened.id).value("skills") == "Osaa hitsata"


def test_facts_may_go_without_the_signs_and_nothing_goes_unasked(desk: Desk) -> None:
    identify(desk)
    opened = desk.follow(carried={CarryKind.FACTS: (desk.id,)})
    assert identification_of(desk.uow, opened.id).signs == ()
    other = desk.follow(model="work_ability_support")
    assert identification_of(desk.uow, other.id).number == 0


def test_health_goes_only_with_the_consent_that_allows_it(desk: Desk) -> None:
    """PA2; 703/2023 section 6: ticked alone it is refused at the field."""
    consent = create_consent(desk.uow, desk.case, build_entry(categories=("health",)), now=desk.now)
    identify(desk, health="Selkä kipeä")
    assert kinds_offered(desk, "group_employment")["health"] is None
    with pytest.raises(Refused) as refusal:
        desk.follow(carried={CarryKind.HEALTH: (desk.id,)})
    assert [reason.field for reason in refusal.value.reasons] == ["facts"]
    opened = desk.follow(carried={CarryKind.HEALTH: (desk.id,), CarryKind.CONSENT: (consent,)})
    record = identification_of(desk.uow, opened.id)
    assert (record.value("health"), record.value("skills")) == ("Selkä kipeä", "")


def test_health_stays_behind_when_no_consent_that_goes_on_allows_it(desk: Desk) -> None:
    consent = create_consent(desk.uow, desk.case, build_entry(categories=("health",)), now=desk.now)
    identify(desk, health="Selkä kipeä")
    workbench.withdraw_consent(desk.uow, desk.case, consent, on=TODAY, reason=None, actor=desk.actor, now=desk.now)
    offered = kinds_offered(desk, "group_employment")
    assert (offered["health"], offered["facts"]) == ("No consent that goes on allows health data.", None)


def test_what_was_written_in_one_client_register_stays_in_it(desk: Desk) -> None:
    """703/2023 sections 18 and 53: from social welfare to health care nothing crosses by a tick."""
    identify(desk)
    finish_needs(desk.uow, desk.case, create_needs(desk.uow, desk.case, on=date(2026, 11, 5)), on=date(2026, 11, 20))
    crossing = dict.fromkeys(("facts", "signs", "needs"), OTHER_REGISTER)
    assert kinds_offered(desk, "work_ability_support") == crossing
    with pytest.raises(Refused) as refusal:
        desk.follow(model="work_ability_support", carried={CarryKind.FACTS: (desk.id,)})
    assert [reason.field for reason in refusal.value.reasons] == ["facts"]


def test_a_finished_needs_assessment_counts_in_the_new_path_and_in_the_one_after(desk: Desk) -> None:
    """DO01 by reference: the need is met there, no duty opens, and the path that follows may go on with it too."""
    version = create_needs(desk.uow, desk.case, on=date(2026, 11, 5))
    assert "needs" not in kinds_offered(desk, "group_employment"), "a draft is no assessment"
    finish_needs(desk.uow, desk.case, version, on=date(2026, 11, 20))
    opened = desk.follow(carried={CarryKind.NEEDS: (version,)})
    assert "needs_assessment" in met_needs(desk.uow, opened, TODAY)
    assert not [duty for duty in ledger.open_of_case(desk.uow, opened.id) if duty.kind.startswith("needs")]
    carried = carried_needs(desk.uow, opened.id)
    assert carried is not None
    assert (carried.id, carried.finished_on, carried.case_id) == (version, date(2026, 11, 20), desk.id)
    following = queries.offers_of(desk.uow, opened, latest("quality_based_coaching"), TODAY)
    assert [(one.kind, one.id) for one in following] == [(CarryKind.NEEDS, version)]
    page = queries.carried_page(desk.uow, desk.actor, opened.id, now=desk.now, today=TODAY)
    assert [one.kind for one in page.carried] == [CarryKind.NEEDS]


def test_without_the_tick_the_new_path_asks_for_an_assessment_of_its_own(desk: Desk) -> None:
    finish_needs(desk.uow, desk.case, create_needs(desk.uow, desk.case, on=date(2026, 11, 5)), on=date(2026, 11, 20))
    opened = desk.follow()
    assert "needs_assessment" not in met_needs(desk.uow, opened, TODAY)
    assert carried_needs(desk.uow, opened.id) is None
