"""A product of a few lines, so that the launcher can be tested whole and quickly."""

import shutil
from typing import Final

from tests.launched import ROOT, Clone

FILES: Final = {
    "app/__init__.py": "",
    "app/factory.py": """
import os

def web():
    def serve(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{os.getpid()}".encode()]
    return serve
""",
    "app/cli.py": """
import sys
from pathlib import Path

with Path("var/calls").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
""",
    "workers/__init__.py": "",
    "workers/celery_app.py": """
import os
from celery import Celery
from config.settings import Settings

settings = Settings.from_env(os.environ)
celery = Celery("stand_in", broker=settings.broker_url)
celery.conf.update(broker_connection_retry_on_startup=True, beat_schedule={"tick": {"task": "tick", "schedule": 1.0}})

@celery.task(name="tick")
def tick():
    with open("var/ticks", "a") as ticks:
        ticks.write(f"{os.getpid()}\\n")
""",
    "migrations/env.py": """
import os
from alembic import context
from sqlalchemy import create_engine

engine = create_engine(os.environ["MIGRATION_DATABASE_URL"])
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
""",
    "migrations/versions/0001_first.py": """
from alembic import op

revision = "0001"
down_revision = None

def upgrade():
    op.execute("CREATE TABLE kept (word text); GRANT SELECT, INSERT ON kept TO polku_app")
""",
    "pyproject.toml": '[tool.alembic]\nscript_location = "%(here)s/migrations"\n',
}


class StandIn(Clone):
    """A clone with the stand-in instead of Polku."""

    def fill(self) -> None:
        """Write the stand-in, and copy the launcher that is tested."""
        for name, text in FILES.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        shutil.copytree(ROOT / "config", self.root / "config", ignore=shutil.ignore_patterns("__pycache__"))
