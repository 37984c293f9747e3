"""The coordinator's board: who waits for a worker, who has room, and giving one to the other."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.access.permissions import Permission
from app.cases.domain import CaseView
from app.coordination import queries
from app.coordination.domain import FEW, BoardFilter, BoardPage, read_filter
from app.coordination.forms import AllocateForm
from app.network import services as network
from app.pathways.loader import all_latest
from app.reference.loader import reference
from app.web.forms import submit
from app.web.guards import requires
from app.web.page import page
from app.web.request import actor, moment, today, uow
from app.web.texts import _

blueprint = Blueprint("coordination", __name__)
LONGEST_WORDS = 80


@blueprint.get("/jako")
@requires(Permission.CASES_UNASSIGNED)
def board() -> ResponseReturnValue:
    """Show who waits for a worker, beside what the workers carry."""
    models = {model.key: str(model.short) for model in all_latest()}
    wanted = read_filter(request.args, towns=reference().municipalities.codes, models=frozenset(models))
    cursor = request.args.get("sivu")
    shown = queries.board(uow(), actor(), wanted, cursor=cursor, now=moment(), today=today())
    return page("coordination/board.html", shown=shown, wanted=wanted, models=models, **_beside(wanted, shown))


def _beside(wanted: BoardFilter, shown: BoardPage) -> dict[str, Any]:
    return {
        "previous": _turn(wanted, shown.previous_cursor),
        "next": _turn(wanted, shown.next_cursor),
        "has_team": bool(actor().team_ids),
    }


def _turn(wanted: BoardFilter, cursor: str | None) -> str | None:
    values: dict[str, Any] = {**wanted.query(), "sivu": cursor}
    return url_for("coordination.board", **values) if cursor else None


@blueprint.route("/jako/<uuid:case_id>", methods=["GET", "POST"])
@requires(Permission.CASES_UNASSIGNED)
def assign(case_id: UUID) -> ResponseReturnValue:
    """Give a case to a worker."""
    case, form = queries.get_waiting_for(uow(), actor(), case_id, now=moment()), AllocateForm()
    words = request.args.get("nimi", "").strip()[:LONGEST_WORDS]
    found = queries.candidates_for(uow(), actor(), case, words=words, now=moment(), today=today())
    form.offer(found[:FEW])
    done = submit(form, lambda: _give(case, form), said=_("Worker named"))
    if done:
        return done
    shown = queries.assign_page(uow(), actor(), case, now=moment())
    return page("coordination/assign.html", form=form, shown=shown, words=words, is_cut=len(found) > FEW)


def _give(case: CaseView, form: AllocateForm) -> str:
    # The page promised that nobody answers for the case: whoever was first is told by the service (compare-and-set).
    network.assign_worker(
        uow(),
        case,
        worker_id=UUID(form.worker.data),
        expected_worker_id=None,
        reason=None,
        profession_reason=form.profession_reason.data,
        actor=actor(),
        now=moment(),
    )
    return url_for("coordination.board")
