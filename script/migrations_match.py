"""Compares the migrations with the models, on a PostgreSQL of its own that is gone afterwards."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config.embedded.lock import socket_folder  # noqa: E402 - the root of the clone comes first
from config.embedded.postgres import OWNER, Postgres  # noqa: E402 - as above
from config.embedded.process import Family  # noqa: E402 - as above


def main() -> int:
    """Upgrade an empty database and ask Alembic what it would still change; 0 means nothing."""
    with tempfile.TemporaryDirectory(prefix="polku-check-") as folder:
        home = Path(folder)
        family = Family(ROOT)
        try:
            server = Postgres(home / "postgres", socket_folder(home), family, home / "postgres.log")
            server.start()
            server.prepare()
            env = {**os.environ, "MIGRATION_DATABASE_URL": server.url(OWNER)}
            alembic = [sys.executable, "-m", "alembic"]
            subprocess.run([*alembic, "upgrade", "head"], cwd=ROOT, env=env, check=True)
            code = subprocess.run([*alembic, "check"], cwd=ROOT, env=env, check=False).returncode
            server.stop()
            server.sockets.rmdir()
            server.sockets.parent.rmdir()
            return code
        finally:
            family.close()


if __name__ == "__main__":
    sys.exit(main())
