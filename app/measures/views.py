"""The measures page of a case: the work-ability score over time, chart and table, and the form for a new value."""

from typing import Final
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.access.permissions import Permission
from app.audit import services as audit
from app.audit.domain import purpose_of
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.measures import queries, services
from app.measures.domain import WORK_ABILITY_SCORE, MeasureEntry
from app.measures.forms import ScoreForm
from app.web.charts import LineChart, line
from app.web.forms import submit
from app.web.guards import requires
from app.web.page import page
from app.web.request import actor, moment, today, uow
from app.web.texts import _

blueprint = Blueprint("measures", __name__)
FEWEST_FOR_A_LINE: Final = 2


@blueprint.route("/polut/<uuid:case_id>/mittarit", methods=["GET", "POST"])
@requires(Permission.CASE_VIEW)
def index(case_id: UUID) -> ResponseReturnValue:
    """Show the scores and take a new one in."""
    case = cases.get_case_for(uow(), actor(), case_id, now=moment())
    form = ScoreForm()
    if request.method == "GET":
        form.measured_on.process_data(today())
    done = submit(form, lambda: _enter(case, form), said=_("Estimate saved"))
    return done or _show(case, form)


def _enter(case: CaseView, form: ScoreForm) -> str:
    services.enter_value(
        uow(),
        case,
        measure=WORK_ABILITY_SCORE,
        value=int(form.value.data or 0),
        measured_on=form.measured_on.data,
        remark=form.remark.data or None,
        actor=actor(),
        now=moment(),
    )
    return url_for("measures.index", case_id=case.id)


def _show(case: CaseView, form: ScoreForm) -> ResponseReturnValue:
    audit.record_viewed(
        uow(),
        actor=actor(),
        at=moment(),
        client_id=case.client_id,
        case_id=case.id,
        purpose=purpose_of(actor(), case.subject),
        page="measures",
    )
    scores = queries.series_of(uow(), case.id, WORK_ABILITY_SCORE)
    return page("measures/index.html", case=case, form=form, scores=scores, chart=_chart(scores))


def _chart(scores: list[MeasureEntry]) -> LineChart | None:
    if len(scores) < FEWEST_FOR_A_LINE:
        return None
    return line(
        _("Work-ability score over time"),
        [(one.measured_on, one.value) for one in scores],
        low=0,
        high=10,
        notes=[f"{one.measured_on.day}.{one.measured_on.month}." for one in scores],
    )
