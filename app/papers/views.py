"""What can be printed of a case, each paper as a page for reading, and its PDF."""

from typing import Final
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, url_for
from flask.typing import ResponseReturnValue

from app.access.permissions import Permission
from app.accounts import queries as accounts
from app.cases.domain import CaseView
from app.cases.services import look_at
from app.core.errors import NotFound
from app.papers import queries, services
from app.papers.domain import SHARED, Copy, Order, Paper, Recipient, read_key, shape
from app.papers.forms import PrintForm
from app.papers.press import Press
from app.reference.loader import reference
from app.web.filters import instant
from app.web.forms import submit
from app.web.guards import requires
from app.web.page import page
from app.web.request import actor, moment, today, uow
from app.web.texts import language, say

blueprint = Blueprint("papers", __name__)

EXTENSION: Final = "polku.papers"


def init_app(app: Flask, press: Press) -> None:
    """Take the press that makes the PDFs."""
    app.extensions[EXTENSION] = press


@blueprint.route("/polut/<uuid:case_id>/tulosteet")
@requires(Permission.CASE_PRINT)
def index(case_id: UUID) -> ResponseReturnValue:
    """List what can be printed, and what has been given to the network."""
    case = _seen(case_id, "papers")
    given = queries.disclosures_of(uow(), case)
    names = accounts.full_names(uow(), {one.disclosed_by for one in given if one.disclosed_by})
    offers = queries.offers_of(uow(), case, today())
    return page("papers/index.html", case=case, offers=offers, given=given, names=names, lists=reference())


@blueprint.route("/polut/<uuid:case_id>/tulosteet/<paper>")
@requires(Permission.CASE_PRINT)
def show(case_id: UUID, paper: str) -> ResponseReturnValue:
    """Show a paper as a page: the accessible original that the PDF is made from."""
    case = _seen(case_id, "paper")
    found = _paper(case, paper)
    shown = shape(found, _copy(case, found, Order(Recipient.OWN)), say)
    return page("papers/show.html", case=case, paper=found, shown=shown)


@blueprint.route("/polut/<uuid:case_id>/tulosteet/<paper>/pdf", methods=["GET", "POST"])
@requires(Permission.CASE_PRINT)
def pdf(case_id: UUID, paper: str) -> ResponseReturnValue:
    """Ask for whom the copy is, and answer with the PDF."""
    case = _seen(case_id, "paper_order")
    found, form = _paper(case, paper), PrintForm()
    form.offer(found.key.kind, today())
    # sent twice, the form is put on record once and answered twice with the same paper
    if submit(form, lambda: _record(case, found, form)):
        return _printed(case, found, _order(form))
    return page("papers/pdf.html", case=case, paper=found, form=form, is_shared=found.key.kind in SHARED)


def _record(case: CaseView, paper: Paper, form: PrintForm) -> str:
    services.record_printing(uow(), case, paper, _order(form), actor=actor(), now=moment())
    return url_for("papers.pdf", case_id=case.id, paper=str(paper.key))


def _order(form: PrintForm) -> Order:
    return Order(Recipient(form.recipient.data), form.party.data or "", form.purpose.data or "")


def _printed(case: CaseView, paper: Paper, order: Order) -> Response:
    """Answer with the file; when it cannot be made, the request fails and the record of it goes too."""
    press: Press = current_app.extensions[EXTENSION]
    made = press.make(paper, _copy(case, paper, order), say=say, language=language(), now=moment())
    headers = {"Content-Disposition": f'attachment; filename="{paper.file_name}"'}
    return Response(made, mimetype="application/pdf", headers=headers)


def _copy(case: CaseView, paper: Paper, order: Order) -> Copy:
    ground = queries.ground_of(uow(), case, paper, order, today()) if order.recipient is Recipient.PARTY else None
    lists = reference()
    return Copy(
        recipient=order.recipient,
        made=instant(moment()),
        made_by=actor().name,
        party=lists.parties.label(order.party) if ground else "",
        basis=lists.bases.label(ground.basis) if ground else "",
    )


def _paper(case: CaseView, text: str) -> Paper:
    key = read_key(text)
    if key is None:
        raise NotFound
    return queries.paper_of(uow(), case, key, today())


def _seen(case_id: UUID, what: str) -> CaseView:
    return look_at(uow(), actor(), case_id, page=what, now=moment(), permission=Permission.CASE_PRINT)
