"""The keys of a clone: made at the first start, kept in ``var/secrets``, readable by their owner only."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from config.embedded.process import StartProblem


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _first_version() -> str:
    return f"1:{_key()}"


MAKERS: Final[Mapping[str, Callable[[], str]]] = {
    "POLKU_SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "POLKU_FIELD_KEYS": _first_version,
    "POLKU_PROTECTED_KEYS": _first_version,
    "POLKU_INDEX_KEY": _key,
    "POLKU_METRICS_TOKEN": lambda: secrets.token_urlsafe(32),
}


def secret_files(root: Path, env: Mapping[str, str], *, database_exists: bool) -> dict[str, str]:
    """Make the keys that are missing and name their files as ``NAME_FILE`` variables.

    A variable that the operator set is left alone. Raises StartProblem when a database is there but its keys are not:
    new keys could not read it.
    """
    folder = root / "var" / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    variables: dict[str, str] = {}
    for name, make in MAKERS.items():
        if env.get(name) or env.get(f"{name}_FILE"):
            continue
        path = folder / name.lower()
        if not path.exists():
            if database_exists and name != "POLKU_METRICS_TOKEN":
                raise StartProblem(
                    f"{path} is missing, and without it the database in var/ cannot be read. Restore it."
                )
            _write_once(path, make())
        variables[f"{name}_FILE"] = str(path)
    return variables


def _write_once(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
        handle.write(text + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    fresh.rename(path)
