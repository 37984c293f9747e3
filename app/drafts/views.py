"""Where the forms of all features keep what is being typed."""

from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, make_response, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.ids import read_id
from app.drafts import services
from app.web.filters import clock_time
from app.web.guards import signed_in
from app.web.page import can_reach, see_other
from app.web.request import actor, moment, uow
from app.web.texts import _
from app.web.wiring import ground

blueprint = Blueprint("drafts", __name__)


@blueprint.post("/luonnokset/<form>/<uuid:subject_id>")
@signed_in
def save(form: str, subject_id: UUID) -> ResponseReturnValue:
    """Keep the form: the script gets an answer to show, a person without script comes back to the page."""
    version = request.form.get("version", "")
    services.save_draft(
        uow(),
        form=form,
        subject_id=subject_id,
        base_version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,
        fields=request.form.to_dict(flat=False),
        actor=actor(),
        now=moment(),
        once_key=read_id(request.form.get("once", "")),
    )
    return _kept_by_script() if "Polku-Autosave" in request.headers else _back()


def _kept_by_script() -> Response:
    local = clock.local_time(moment())
    answer = make_response(jsonify(saved=f"{local.hour}.{local.minute:02d}"))
    answer.headers["Polku-Saved"] = f"{local.hour}.{local.minute:02d}"
    return answer


def _back() -> Response:
    """Return to the page the form was on; its address comes from the browser, so only our own pages count."""
    flash(_("Draft saved at %(time)s", time=clock_time(moment())))
    page = urlsplit(request.referrer or "")
    if page.path.startswith("/") and not page.path.startswith("//") and page.netloc == request.host:
        return see_other(page.path + (f"?{page.query}" if page.query else ""))
    home = ground().wiring.home_endpoint
    return see_other(url_for(home) if can_reach(home) else "/")
