"""The front door and what the system says of itself."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from app.web.guards import public, signed_in
from app.web.page import page, see_other
from app.web.request import actor
from app.web.wiring import ground

blueprint = Blueprint("front", __name__)


@blueprint.route("/")
@signed_in
def home() -> ResponseReturnValue:
    """Lead to the first page of the actor's own menu."""
    items = ground().wiring.nav_items(actor())
    endpoint = items[0].endpoint if items else "front.about"
    return see_other(url_for(endpoint))


@blueprint.route("/tietoja")
@public
def about() -> ResponseReturnValue:
    """Say what Polku is, what it is not, and where its code is."""
    return page("front/about.html")
