"""Who a service or a plan is for: the rule table of domain 1.3 in plain Python.

A rule is made of limbs. Each limb is met (True), not met (False) or not known (None); what is not known is never taken
for "no". Numbers, codes and the days a rule holds are data (`config/reference/eligibility.yml`). A rule advises: it
neither decides nor refuses (GDPR article 22).

RU02 and RU03 are of plans, RU16 of reviews; the rest of the table, RU01 to RU18, is here, with SV09 whose target group
model A serves.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

from app.assessments.known import Known, Limb, Truth, all_of, any_of
from app.core.texts import N_
from app.reference.domain import Eligibility, Reference

MANY_DIFFICULTIES: Final = 2
WORK_STATUSES_OF_TRIAL: Final = frozenset({"unemployed", "laid_off", "supported_job", "in_service"})
CAPACITY_SIGNALS: Final = frozenset({"sick_leaves", "health_limits", "no_energy"})
CAPACITY_TRIGGERS: Final = frozenset({"TR01", "TR02", "TR05", "TR07", "TR08", "TR09"})
LIFE_SIGNALS: Final = frozenset({"life_control"})
UNCLEAR_TRIGGERS: Final = frozenset({"TR03", "TR04"})
FELT_DECLINE: Final = "TR07"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule says of a client on a day. `row` is None when no version of the rule holds on the day."""

    code: str
    holds: Truth
    limbs: tuple[Limb, ...]
    row: Eligibility | None

    @property
    def unmet(self) -> tuple[Limb, ...]:
        """The conditions that do not hold."""
        return tuple(limb for limb in self.limbs if limb.holds is False)

    @property
    def unknown(self) -> tuple[Limb, ...]:
        """The conditions nobody knows about yet."""
        return tuple(limb for limb in self.limbs if limb.holds is None)

    def of(self, code: str) -> Truth:
        """Return whether a limb holds, by its code."""
        return next(limb.holds for limb in self.limbs if limb.code == code)


def judge(code: str, known: Known, reference: Reference) -> Judgement:
    """Return what the rule's version of the day says; a rule that has ended or not begun holds for nobody."""
    row = reference.eligibility.pick(code, known.on)
    if row is None:
        reference.eligibility.get(code)  # a code that never was is a programming error
        return Judgement(
            code, holds=False, limbs=(Limb("in_force", N_("The rule is in force"), holds=False),), row=None
        )
    limbs = SHAPES[row.shape](known, row, reference)
    return Judgement(code, all_of(*(limb.holds for limb in limbs)), limbs, row)


def rules_in_force(on: date, reference: Reference) -> tuple[str, ...]:
    """Return the codes of the rules that hold on a day, in the order of the table."""
    return tuple(dict.fromkeys(row.code for row in reference.eligibility if row.is_valid(on)))


# ---------------------------------------------------------------- limbs that several rules share
def _unemployed(known: Known) -> Limb:
    return Limb("unemployed", N_("The client is unemployed"), known.is_unemployed)


def _age(known: Known, row: Eligibility) -> Limb:
    words = N_("The client is %(least)s–%(most)s years old", least=row.least_age or 0, most=row.most_age or 200)
    return Limb("age", words, known.is_between(row.least_age, row.most_age))


def _in_municipality(known: Known, codes: Iterable[str], reference: Reference) -> Limb:
    names = ", ".join(reference.municipalities.label(code) for code in codes)
    holds = None if known.municipality is None else known.municipality in tuple(codes)
    return Limb("municipality", N_("Home municipality: %(names)s", names=names), holds)


def receives(known: Known, row: Eligibility, reference: Reference) -> Truth:
    """Return whether the client gets one of the rule's benefits on the day.

    A benefit that has ended is read as what took its place; one that was not paid yet on the day tells nothing of it.
    """
    paid = reference.benefits.find(known.background.benefit)
    if paid is None or (paid.valid_from is not None and known.on < paid.valid_from):
        return None
    now = {paid.code} if paid.is_valid(known.on) else set(reference.successors(paid.code))
    accepted = set(row.benefits)
    if row.accepts_successors:
        accepted |= {code for benefit in row.benefits for code in reference.successors(benefit)}
    return not now.isdisjoint(accepted)


def _has_days(known: Known, row: Eligibility, least: int | None, reference: Reference) -> Truth:
    days = known.background.benefit_days
    enough = None if days is None or least is None else days >= least
    return all_of(receives(known, row, reference), enough)


# ---------------------------------------------------------------- the shapes, each the limbs of one kind of rule
def _rehabilitative_activity(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU01."""
    benefit = receives(known, row, reference)
    if known.background.benefit is None and known.background.assistance_since is not None:
        benefit = known.background.assistance_since <= known.on
    return (
        _unemployed(known),
        Limb("benefit", N_("The benefit is labour market subsidy, general support or social assistance"), benefit),
        Limb(
            "capacity",
            N_("Capacity keeps the client from public employment services and work"),
            known.background.is_beyond_public_services,
        ),
    )


def _activation_plan_by_benefit_days(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU04 until the amendment of 2026."""
    return (
        *_plan_limbs(known),
        Limb(
            "duration",
            N_("Unemployment benefit or social assistance has lasted as long as the law says"),
            any_of(
                all_of(known.is_younger_than(row.young_below), _lasted_young(known, row, reference)),
                all_of(_negated(known.is_younger_than(row.young_below)), _lasted(known, row, reference)),
            ),
        ),
    )


def _plan_limbs(known: Known) -> tuple[Limb, ...]:
    return (
        Limb("employment_plan", N_("The client has an employment plan"), known.has_employment_plan),
        Limb("no_integration_plan", N_("No right to an integration plan"), _negated(known.has_integration_plan)),
    )


def _lasted_young(known: Known, row: Eligibility, reference: Reference) -> Truth:
    return any_of(
        _has_days(known, row, row.young_days, reference),
        known.background.is_allowance_used,
        known.has_lived_on_assistance(row.young_months),
    )


def _lasted(known: Known, row: Eligibility, reference: Reference) -> Truth:
    return any_of(
        _has_days(known, row, row.days, reference),
        all_of(known.background.is_allowance_used, _has_days(known, row, row.days_after_allowance, reference)),
        known.has_lived_on_assistance(row.months),
    )


def _activation_plan_by_assistance(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU04 after the amendment: only those who live on social assistance because of unemployment."""
    del reference
    is_young = known.is_younger_than(row.young_below)
    lasted = any_of(
        all_of(is_young, known.has_lived_on_assistance(row.young_months)),
        all_of(_negated(is_young), known.has_lived_on_assistance(row.months)),
    )
    words = N_("Social assistance because of unemployment has been the main income as long as the law says")
    return (*_plan_limbs(known), Limb("duration", words, lasted))


def _negated(part: Truth) -> Truth:
    return None if part is None else not part


def _joint_service(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU05."""
    since, is_young = known.background.unemployed_since, known.is_younger_than(row.young_below)
    lasted = any_of(
        _has_days(known, row, row.days, reference),
        all_of(known.is_unemployed, _negated(is_young), known.has_months_since(since, row.months)),
        all_of(known.is_unemployed, is_young, known.has_months_since(since, row.young_months)),
    )
    return (
        _in_municipality(known, row.municipalities, reference),
        Limb("obstacle", N_("Something beyond jobs and skills stands in the way"), known.has_obstacle_beyond_skills),
        Limb("prospect", N_("Work or studies are possible in about two years"), known.has_prospect_in_two_years),
        Limb("duration", N_("Unemployment has lasted long enough"), lasted),
    )


def _multisector_support(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU06: neither days nor municipality matter."""
    del row, reference
    need = known.has_any(CAPACITY_SIGNALS | LIFE_SIGNALS, CAPACITY_TRIGGERS)
    return (
        _unemployed(known),
        Limb("need", N_("Capacity is limited or everyday life is hard to manage"), need),
        Limb(
            "joint",
            N_("Consulting between the authorities alone does not solve it"),
            known.background.needs_joint_support,
        ),
    )


def _age_and_municipality(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU07."""
    return _age(known, row), _in_municipality(known, row.municipalities, reference)


def _municipal_trial(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU08."""
    place = reference.municipalities.find(known.municipality)
    is_inside = None if place is None or row.area is None else place.belongs_to(row.area, known.on)
    status = "unemployed" if known.work_status is None and known.is_unemployed else known.work_status
    group = any_of(
        _negated(known.may_get_earnings_related),
        known.has_foreign_background,
        known.is_younger_than(row.young_below),
    )
    return (
        Limb("municipality", N_("The home municipality took part"), is_inside),
        Limb(
            "status",
            N_("Unemployed, laid off, in a supported job or in a service"),
            None if status is None else status in WORK_STATUSES_OF_TRIAL,
        ),
        Limb("group", N_("No right to earnings-related allowance, another mother tongue, or under 30"), group),
    )


def _only_unemployed(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU09."""
    del row, reference
    return (_unemployed(known),)


def _rehabilitation_examination(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU10."""
    del row, reference
    ground = any_of(known.is_in_specialised_care, known.needs_more_examination)
    return (
        Limb("threat", N_("Incapacity for work is near"), known.is_incapacity_near),
        Limb("examined", N_("The basic examinations have been made"), known.is_examined),
        Limb("ground", N_("Specialised care treats the illness, or more must be examined"), ground),
    )


def _working_age(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU11."""
    del reference
    return (_age(known, row),)


def _municipality(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU12."""
    return (_in_municipality(known, row.municipalities, reference),)


def _municipality_of_pilot(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU13 while it was tried out: outside the three centres nobody knows, so it is never a no."""
    found = _in_municipality(known, row.municipalities, reference)
    return (found._replace(holds=found.holds or None),)


def _not_settled(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU13 since then: whether the service exists depends on the area."""
    del known, row, reference
    return (Limb("exists", N_("The service exists in the client's area"), None),)


def _group_employment(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU14."""
    del row, reference
    return (
        Limb("disability", N_("Client of disability services"), known.background.is_disability_client),
        Limb("day_activity", N_("Takes part in day activity"), known.background.is_in_day_activity),
    )


def is_low_score(known: Known, reference: Reference) -> Truth:
    """RU15: whether the client's own score asks for a closer look."""
    measure = reference.measures.get("ME01")
    return None if known.score is None or measure.threshold is None else measure.crosses(Decimal(known.score))


def _low_score(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    del row
    limit = reference.measures.get("ME01").threshold or 0
    words = N_("The work-ability score is %(limit)s or less", limit=limit)
    return (Limb("score", words, is_low_score(known, reference)),)


def _pension_rehabilitation(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU17."""
    del row, reference
    words = N_("Without rehabilitation a disability pension is likely in the coming years")
    return (Limb("risk", words, known.is_pension_at_risk),)


def _kela_rehabilitation(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """RU18."""
    del row, reference
    words = N_("Medical statement B has been written, or a service for young people is applied for")
    return (Limb("statement", words, any_of(known.has_statement_b, known.is_youth_service)),)


def _work_ability_support(known: Known, row: Eligibility, reference: Reference) -> tuple[Limb, ...]:
    """SV09, the target group of model A."""
    is_many = True if known.signs >= MANY_DIFFICULTIES else _nobody_looked(known)
    need = any_of(
        is_low_score(known, reference),
        known.has_any(frozenset(), frozenset({FELT_DECLINE})),
        is_many,
        known.has_any(frozenset(), UNCLEAR_TRIGGERS),
    )
    words = N_("The client feels unable to work, has many difficulties, or the obstacles are unclear")
    return _age(known, row), _unemployed(known), Limb("need", words, need)


def _nobody_looked(known: Known) -> Truth:
    """Too few signs are a no only when somebody has looked for both kinds."""
    return None if known.signals is None or known.triggers is None else False


Shape: TypeAlias = Callable[[Known, Eligibility, Reference], tuple[Limb, ...]]
SHAPES: Final[Mapping[str, Shape]] = {
    "rehabilitative_activity": _rehabilitative_activity,
    "activation_plan_by_benefit_days": _activation_plan_by_benefit_days,
    "activation_plan_by_assistance": _activation_plan_by_assistance,
    "joint_service": _joint_service,
    "multisector_support": _multisector_support,
    "age_and_municipality": _age_and_municipality,
    "municipal_trial": _municipal_trial,
    "unemployed": _only_unemployed,
    "rehabilitation_examination": _rehabilitation_examination,
    "working_age": _working_age,
    "municipality": _municipality,
    "municipality_of_pilot": _municipality_of_pilot,
    "not_settled": _not_settled,
    "group_employment": _group_employment,
    "low_score": _low_score,
    "pension_rehabilitation": _pension_rehabilitation,
    "kela_rehabilitation": _kela_rehabilitation,
    "work_ability_support": _work_ability_support,
}
