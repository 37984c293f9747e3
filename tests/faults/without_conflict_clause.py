"""The product with its defence against doubles taken out by a patched call: a worker that a test must find out."""

from sqlalchemy.dialects.postgresql import Insert

from app.reminders import services
from workers.celery_app import celery


def _let_anything_in(statement: Insert) -> Insert:
    return statement


services.only_once = _let_anything_in

__all__ = ["celery"]
