"""The image and the compose file promise what README says: no secret inside, not root, health known."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent.parent


def key(number: int) -> str:
    return base64.b64encode(bytes([number, *range(31)])).decode()


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return found


def test_the_six_parts_and_the_mail_sink_are_there(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"postgres", "valkey", "migrate", "web", "worker", "beat", "mail"}


def test_every_lasting_service_tells_its_health(compose: dict[str, Any]) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for name, service in compose["services"].items():
        known = "healthcheck" in service or ("build" in service and "HEALTHCHECK" in dockerfile)
        assert known, name


def test_every_secret_is_a_file_outside_the_repository(compose: dict[str, Any]) -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "secrets/" in ignored
    for name, secret in compose["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
    used = {secret for service in compose["services"].values() for secret in service.get("secrets", [])}
    assert used == set(compose["secrets"])
    made = (ROOT / "deploy" / "make-secrets.sh").read_text(encoding="utf-8")
    assert [name for name in compose["secrets"] if name not in made] == []


def test_the_environment_of_compose_is_a_sound_production(compose: dict[str, Any], tmp_path: Path) -> None:
    contents = {
        "database_url": "postgresql://polku_app:x@postgres/polku",
        "field_keys": f"1:{key(1)}",
        "protected_keys": f"1:{key(2)}",
        "index_key": key(3),
    }
    env = {"POLKU_BASE_URL": "https://polku.example.org"}
    for name, value in compose["services"]["web"]["environment"].items():
        if name.endswith("_FILE"):
            path = tmp_path / value.rsplit("/", 1)[1]
            path.write_text(contents.get(path.name, "pLk29-xQw8_" * 4), encoding="utf-8")
            env[name] = str(path)
        else:
            env.setdefault(name, re.sub(r"\$\{\w+:-(.*)\}", r"\1", value))
    assert Settings.from_env(env).check() == []


def test_the_image_runs_as_nobody_special_and_copies_no_secret() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    last_stage = dockerfile.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001$", last_stage, re.MULTILINE)
    assert "HEALTHCHECK" in last_stage
    assert not re.search(r"(?i)(secret_key|field_keys|password)\s*=", dockerfile)
    copied = re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
    assert not [line for line in copied if "var" in line.split() or "secrets" in line or line.startswith(". ")]
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignore[1] == "*"
    assert not {"!var", "!secrets", "!.env"} & set(ignore)
