"""The consent pages of a case. Withdrawal acts over several features, so its page is the workbench's."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from flask import Blueprint, Flask, current_app, request, url_for
from flask.typing import ResponseReturnValue

from app.access.actor import Actor
from app.access.permissions import Permission
from app.accounts import queries as accounts
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.cases.services import look_at
from app.consents import queries, services
from app.consents.domain import READ_ALOUD, TEXT_VERSION, ConsentEntry, ConsentForm, ConsentKind, items_for
from app.consents.forms import ConsentEntryForm
from app.core.uow import UnitOfWork
from app.reference.loader import reference
from app.web.forms import submit
from app.web.guards import requires
from app.web.page import page
from app.web.request import actor, moment, today, uow
from app.web.texts import _

blueprint = Blueprint("consents", __name__)

EXTENSION: Final = "polku.consents"
AfterRecord: TypeAlias = Callable[[UnitOfWork, CaseView, Actor, datetime], object]


def init_app(app: Flask, after_record: AfterRecord) -> None:
    """Take what higher features do in the same transaction: the network's members may have a basis now."""
    app.extensions[EXTENSION] = after_record


@blueprint.route("/polut/<uuid:case_id>/suostumukset")
@requires(Permission.CASE_VIEW)
def index(case_id: UUID) -> ResponseReturnValue:
    """Show every consent of the case, the valid ones first."""
    case = _seen(case_id, "consents")
    found = queries.consents_of(uow(), case.id)
    names = accounts.full_names(uow(), {one.recorded_by for one in found if one.recorded_by})
    return page("consents/index.html", case=case, consents=found, names=names, lists=reference())


@blueprint.route("/polut/<uuid:case_id>/suostumukset/uusi", methods=["GET", "POST"])
@requires(Permission.CONSENT_RECORD)
def record(case_id: UUID) -> ResponseReturnValue:
    """Take a consent down while the text is read aloud."""
    case = cases.get_case_for(uow(), actor(), case_id, now=moment(), permission=Permission.CONSENT_RECORD)
    form = ConsentEntryForm()
    form.offer(today())
    if request.method == "GET":
        form.given_on.process_data(today())
    done = submit(form, lambda: _record(case, form), said=_("Consent saved"))
    read = READ_ALOUD[TEXT_VERSION]
    return done or page("consents/record.html", case=case, form=form, text_version=TEXT_VERSION, read_aloud=read)


def _record(case: CaseView, form: ConsentEntryForm) -> str:
    entry = ConsentEntry(
        kind=ConsentKind(form.kind.data),
        basis=form.chosen_basis,
        items=items_for(form.parties.data, form.refused.data, form.categories.data, form.purposes.data),
        given_by=form.given_by.data,
        given_on=form.given_on.data,
        form=ConsentForm(form.form.data),
        valid_until=form.valid_until.data,
        remark=form.remark.data or None,
    )
    services.record_consent(uow(), case, entry, actor=actor(), now=moment())
    after_record: AfterRecord = current_app.extensions[EXTENSION]
    after_record(uow(), case, actor(), moment())
    return url_for("consents.index", case_id=case.id)


def _seen(case_id: UUID, what: str) -> CaseView:
    return look_at(uow(), actor(), case_id, page=what, now=moment())
