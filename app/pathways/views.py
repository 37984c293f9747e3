"""The pathway models as the staff reads them; the same files lead the cases."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core.errors import NotFound
from app.pathways.checklist import checklist_of
from app.pathways.domain import Facts
from app.pathways.loader import all_latest, latest
from app.reference.loader import reference
from app.web.guards import signed_in
from app.web.page import page
from app.web.request import today

blueprint = Blueprint("pathways", __name__)


@blueprint.route("/polkumallit")
@signed_in
def index() -> ResponseReturnValue:
    """List the models in use."""
    return page("pathways/index.html", models=all_latest(), lists=reference())


@blueprint.route("/polkumallit/<key>")
@signed_in
def model(key: str) -> ResponseReturnValue:
    """Draw one model: its plans with their review rhythm, and all seven stages."""
    try:
        found = latest(key)
    except KeyError:
        raise NotFound from None
    lists = reference()
    rhythm = {kind: lists.cadence_for(key, kind, today()) for kind in found.plan_kinds}
    shown = {stage.code: checklist_of(stage, Facts()) for stage in found.stages}
    return page("pathways/model.html", model=found, checklists=shown, lists=lists, rhythm=rhythm)
