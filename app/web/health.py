"""The pages of the ground itself: alive, ready, figures, and the sign of life that keeps a session."""

from typing import Final

from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.web.guards import public, signed_in
from app.web.metrics import read_metrics
from app.web.wiring import ground

blueprint: Final = Blueprint("ground", __name__)


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """Say that the process answers; touches nothing else."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def ready() -> Response:
    """Say whether work can be done: the database answers and what the factory added agrees."""
    try:
        with ground().sessions() as own:
            own.execute(text("SELECT 1"))
        is_ready = ground().wiring.is_ready()
    except SQLAlchemyError:
        is_ready = False
    return Response("ready\n" if is_ready else "not ready\n", 200 if is_ready else 503, mimetype="text/plain")


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Give the figures to the holder of the token."""
    return read_metrics()


@blueprint.post("/istunto")
@signed_in
def keep_session() -> Response:
    """Put off the idle limit: the person at the screen pressed "Jatka istuntoa"."""
    return Response(status=204)
