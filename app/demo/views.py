"""The demo's post office: what Polku would have sent. Registered in the demo only."""

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from app.demo.post import letters_in
from app.web.guards import public
from app.web.page import page

blueprint = Blueprint("demo", __name__)


@blueprint.route("/esittely/posti")
@public
def mail() -> ResponseReturnValue:
    """Show the messages the local post office keeps, newest first; they hold nothing about a client."""
    settings = current_app.extensions["polku"].settings
    return page("demo/mail.html", letters=letters_in(settings.mail_folder))
