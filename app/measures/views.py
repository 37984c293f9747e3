"""The measures pages of a case: every series with its chart and table, and the forms for entering and correcting."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias
from uuid import UUID

from flask import Blueprint, Flask, current_app, request, url_for
from flask.typing import ResponseReturnValue

from app.access.permissions import Permission
from app.access.policy import can
from app.accounts import queries as accounts
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.cases.services import look_at
from app.core.dates import format_day
from app.core.errors import NotFound
from app.core.uow import UnitOfWork
from app.measures import queries, services
from app.measures.domain import Event, PathEvent, Series, plain, rows_of
from app.measures.forms import EntryForm, make_entry_form
from app.reference.domain import Measure
from app.reference.loader import reference
from app.web.charts import SeriesChart, series
from app.web.forms import submit
from app.web.guards import requires
from app.web.page import page
from app.web.request import actor, moment, today, uow
from app.web.texts import _, language, say

blueprint = Blueprint("measures", __name__)
EXTENSION: Final = "polku.measures"
EventsOf: TypeAlias = Callable[[UnitOfWork, CaseView, str], Sequence[PathEvent]]
FEWEST_FOR_A_LINE: Final = 2


def init_app(app: Flask, events_of: EventsOf) -> None:
    """Take what higher features know: the events of plans and stages that stand beside the values."""
    app.extensions[EXTENSION] = events_of


@blueprint.get("/polut/<uuid:case_id>/mittarit")
@requires(Permission.CASE_VIEW)
def index(case_id: UUID) -> ResponseReturnValue:
    """Show every measure with its entries, and what can be entered."""
    case = _seen(case_id)
    found, events = queries.all_series_of(uow(), case.id), _events(case)
    entered = {one.measure.code for one in found}
    return page(
        "measures/index.html",
        case=case,
        series=found,
        charts={one.measure.code: _chart(one, events) for one in found},
        rows={one.measure.code: rows_of(one, events) for one in found},
        others=[row for row in reference().measures.on(today()) if row.code not in entered],
        names=accounts.full_names(uow(), {who for one in found for who in one.recorders}),
        may_enter=can(actor(), Permission.MEASURE_ENTER, case.subject),
        lists=reference(),
    )


@blueprint.route("/polut/<uuid:case_id>/mittarit/<measure>", methods=["GET", "POST"])
@requires(Permission.MEASURE_ENTER)
def enter(case_id: UUID, measure: str) -> ResponseReturnValue:
    """Enter a result of a measure."""
    case, known = _case(case_id), _in_use(measure)
    form = _begun(make_entry_form(known))
    done = submit(form, lambda: _enter(case, form), said=_("Result saved"))
    return done or page("measures/enter.html", case=case, form=form, measure=known, lists=reference())


@blueprint.route("/polut/<uuid:case_id>/mittarit/<measure>/lomake", methods=["GET", "POST"])
@requires(Permission.MEASURE_ENTER)
def give_form(case_id: UUID, measure: str) -> ResponseReturnValue:
    """Put on record that the client got the form of a self-assessment."""
    case, known = _case(case_id), _in_use(measure)
    if not known.is_self_assessment:
        raise NotFound
    form = _begun(make_entry_form(known, Event.FORM_GIVEN))
    done = submit(form, lambda: _enter(case, form), said=_("Form marked as given"))
    return done or page("measures/give_form.html", case=case, form=form, measure=known)


def _enter(case: CaseView, form: EntryForm) -> str:
    services.enter_result(uow(), case, form.result, actor=actor(), now=moment())
    return _back(case, form.measure.code)


@blueprint.route("/polut/<uuid:case_id>/mittarit/kirjaus/<uuid:entry_id>/korjaa", methods=["GET", "POST"])
@requires(Permission.MEASURE_ENTER)
def correct(case_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    """Correct a wrong entry; the first one stays to be read."""
    case = _seen(case_id, Permission.MEASURE_ENTER)
    entry = queries.entry_of(uow(), case.id, entry_id)
    form = make_entry_form(reference().measures.get(entry.measure), entry.event, is_correction=True)
    if request.method == "GET":
        form.fill(entry)
    done = submit(form, lambda: _correct(case, entry_id, form), said=_("Entry corrected"))
    return done or page("measures/correct.html", case=case, form=form, entry=entry, lists=reference())


def _correct(case: CaseView, entry_id: UUID, form: EntryForm) -> str:
    result, reason = None if form.is_struck else form.result, form.reason_of_correction
    services.correct(uow(), case, entry_id, result=result, reason=reason, actor=actor(), now=moment())
    return _back(case, form.measure.code)


def _begun(form: EntryForm) -> EntryForm:
    if request.method == "GET":
        form["measured_on"].process_data(today())
    return form


def _back(case: CaseView, measure: str) -> str:
    return url_for("measures.index", case_id=case.id, _anchor=f"mittari-{measure}")


def _case(case_id: UUID, permission: Permission = Permission.MEASURE_ENTER) -> CaseView:
    return cases.get_case_for(uow(), actor(), case_id, now=moment(), permission=permission)


def _in_use(code: str) -> Measure:
    found = reference().measures.pick(code, today())
    if found is None:
        raise NotFound
    return found


def _seen(case_id: UUID, permission: Permission = Permission.CASE_VIEW) -> CaseView:
    return look_at(uow(), actor(), case_id, page="measures", now=moment(), permission=permission)


def _events(case: CaseView) -> Sequence[PathEvent]:
    """Return what has happened: a day far ahead would press the values into a corner of the chart."""
    events_of: EventsOf = current_app.extensions[EXTENSION]
    return [one for one in events_of(uow(), case, language()) if one.on <= today()]


def _chart(found: Series, events: Sequence[PathEvent]) -> SeriesChart | None:
    numbers, measure = found.numbers, found.measure
    if len(numbers) < FEWEST_FOR_A_LINE or measure.minimum is None or measure.maximum is None:
        return None
    limit = measure.threshold
    return series(
        say(found.finding),
        [(day, float(value)) for day, value in numbers],
        [(one.on, say(one.short)) for one in events],
        low=float(measure.minimum),
        high=float(measure.maximum),
        limit=None if limit is None else (float(limit), _("limit %(value)s", value=plain(limit))),
        write=format_day,
    )
