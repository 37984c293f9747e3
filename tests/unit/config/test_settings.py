"""Settings: what is read, and what is refused in plain words."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings, database_url, valkey_urls


def key(byte: int) -> str:
    return base64.b64encode(bytes([byte, *range(31)])).decode()


SOUND = {
    "POLKU_ENV": "production",
    "DATABASE_URL": "postgresql://polku_app:pw@db/polku",
    "REDIS_URL": "redis://valkey:6379/0",
    "SMTP_URL": "smtp://mail:25",
    "POLKU_BASE_URL": "https://polku.example.org/",
    "POLKU_SECRET_KEY": "vK2f9Q-0sLw8dYz3mXcV7bNa1TqEoRuI",
    "POLKU_FIELD_KEYS": f"1:{key(1)},2:{key(2)}",
    "POLKU_PROTECTED_KEYS": f"1:{key(3)}",
    "POLKU_INDEX_KEY": key(4),
}


def problems(**changes: str) -> list[str]:
    return Settings.from_env({**SOUND, **changes}).check()


def test_a_sound_production_has_no_problem() -> None:
    assert problems() == []


def test_an_empty_environment_names_every_missing_thing_at_once() -> None:
    assert Settings.from_env({}).check() == [
        "DATABASE_URL is not set.",
        "REDIS_URL is not set.",
        "POLKU_SECRET_KEY is not set.",
        "POLKU_FIELD_KEYS is not set.",
        "POLKU_PROTECTED_KEYS is not set.",
        "POLKU_INDEX_KEY is not set.",
    ]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("POLKU_SECRET_KEY", "secret", "POLKU_SECRET_KEY is a default"),
        ("POLKU_SECRET_KEY", "a" * 40, "POLKU_SECRET_KEY is a default"),
        ("POLKU_METRICS_TOKEN", "metrics", "POLKU_METRICS_TOKEN is a default"),
        ("POLKU_CLOCK", "+3d", "POLKU_CLOCK is set in production"),
        ("POLKU_CLOCK", "noon", "POLKU_CLOCK must look like"),
        ("POLKU_DEBUG", "1", "POLKU_DEBUG is on"),
        ("POLKU_DEBUG", "perhaps", "POLKU_DEBUG must be"),
        ("POLKU_BASE_URL", "http://polku.example.org", "https://"),
        ("POLKU_FIELD_KEYS", "1:AAAA", "32 bytes"),
        ("POLKU_FIELD_KEYS", "one:x", "version:key"),
        ("POLKU_FIELD_KEYS", f"1:{base64.b64encode(bytes(32)).decode()}", "one byte repeated"),
        ("POLKU_INDEX_KEY", key(1), "are the same"),
        ("POLKU_INDEX_KEY", "not base64!", "32 bytes"),
        ("POLKU_ARGON2", "m=8,t=1,p=1", "lighter"),
        ("POLKU_ARGON2", "fast", "must look like"),
        ("PORT", "-1", "whole number"),
        ("DATABASE_URL", "sqlite:///x.db", "postgresql://"),
        ("SMTP_URL", "", "SMTP_URL is not set"),
    ],
)
def test_each_unsafe_production_setting_gets_one_plain_line(name: str, value: str, words: str) -> None:
    found = problems(**{name: value})
    assert len(found) == 1
    assert words in found[0]


def test_the_same_key_for_two_purposes_is_refused_everywhere() -> None:
    found = problems(POLKU_ENV="development", POLKU_INDEX_KEY=key(1))
    assert found == ["Two encryption keys are the same: each purpose and version needs its own."]


@pytest.mark.parametrize("spec", ["2026-11-24T09:00+02:00", "2026-11-24T09:00", "+3d", "-90m"])
def test_outside_production_the_clock_may_be_set(spec: str) -> None:
    assert problems(POLKU_ENV="development", POLKU_CLOCK=spec) == []


def test_an_unknown_environment_is_treated_as_the_strictest() -> None:
    settings = Settings.from_env({**SOUND, "POLKU_ENV": "prod", "POLKU_DEBUG": "1"})
    assert settings.is_production
    assert "POLKU_DEBUG is on in production." in settings.check()


def test_a_secret_file_wins_over_the_variable(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("from the file\n", encoding="utf-8")
    settings = Settings.from_env({"POLKU_SECRET_KEY": "from the variable", "POLKU_SECRET_KEY_FILE": str(path)})
    assert settings.secret_key == "from the file"


def test_a_secret_file_that_is_missing_is_told_once() -> None:
    found = Settings.from_env({**SOUND, "POLKU_SECRET_KEY_FILE": "/nowhere/secret", "POLKU_SECRET_KEY": ""}).check()
    assert found == ["POLKU_SECRET_KEY_FILE names a file that cannot be read: /nowhere/secret"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_spelling_of_postgresql_gets_our_driver(scheme: str) -> None:
    assert database_url(f"{scheme}://a@b/c") == "postgresql+psycopg://a@b/c"


def test_a_socket_is_spelled_for_each_client() -> None:
    assert valkey_urls("/run/v.sock") == ("redis+socket:///run/v.sock", "unix:///run/v.sock?db=0")
    assert valkey_urls("unix:///run/v.sock?db=3") == valkey_urls("/run/v.sock")
    assert valkey_urls("rediss://h:6379/1") == ("rediss://h:6379/1", "rediss://h:6379/1")


def test_the_text_of_the_settings_holds_no_secret() -> None:
    shown = repr(Settings.from_env(SOUND))
    for secret in ("vK2f9Q", "pw@db", "polku_app", key(1)):
        assert secret not in shown


@given(st.dictionaries(st.sampled_from([*SOUND, "PORT", "POLKU_ARGON2", "POLKU_DEBUG"]), st.text(max_size=60)))
def test_no_environment_whatever_makes_reading_fail(env: dict[str, str]) -> None:
    assert isinstance(Settings.from_env(env).check(), list)
