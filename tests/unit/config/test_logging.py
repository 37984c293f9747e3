"""Logs carry ids and counts, never people."""

import json
import logging
from collections.abc import Iterator

import pytest

from config.logging import configure_logging, mask


@pytest.fixture(autouse=True)
def own_root_logger() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], level = before[0], before[1]
    root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_one_json_object_with_its_component(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("web")
    logging.getLogger("polku").info("page served", extra={"endpoint": "worklist.home", "ms": 12})
    (line,) = lines(capsys)
    assert (line["event"], line["component"], line["endpoint"], line["ms"]) == (
        "page served",
        "web",
        "worklist.home",
        12,
    )


def test_a_field_outside_the_list_is_dropped_and_its_author_told(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("web")
    logging.getLogger("polku").info("client opened", extra={"surname": "Virtanen"})
    (line,) = lines(capsys)
    assert "Virtanen" not in json.dumps(line)
    assert line["problem"] == "fields not allowed in logs: surname"


def test_what_a_standard_logger_tells_beside_its_words_stays(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("web")
    told = {"request_id": "abc", "route": "/tyolista", "status": 200, "ms": 12.5, "name_of_client": "Aalto"}
    logging.getLogger("polku.access").info("request", extra=told)
    (line,) = lines(capsys)
    assert {key: line[key] for key in ("request_id", "route", "status", "ms")} == {
        "request_id": "abc", "route": "/tyolista", "status": 200, "ms": 12.5,
    }  # fmt: skip
    assert "Aalto" not in str(line)


def test_a_library_and_a_traceback_pass_the_same_nets(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("worker")
    try:
        int("bad row 010190-900P of aino@example.org")
    except ValueError:
        logging.getLogger("celery").exception("task failed for 010190-900P")
    (line,) = lines(capsys)
    text = json.dumps(line)
    assert "900P" not in text
    assert "aino" not in text
    assert "ValueError" in text


def test_a_value_that_is_no_text_passes_the_masks_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("web")
    told = {"problem": ["row of 010190-900P"], "reason": {"mail": "aino@example.org"}, "rows": 3, "error": None}
    logging.getLogger("polku").warning("import stopped", extra=told)
    (line,) = lines(capsys)
    assert (line["problem"], line["reason"]) == ("['row of [code]']", "{'mail': '[mail]'}")
    assert (line["rows"], line["error"]) == (3, None)


@pytest.mark.parametrize("code", ["010190-900P", "010190Y900P", "010101A900P", "010101f900p", "010150+900P"])
def test_every_century_sign_is_masked(code: str) -> None:
    assert mask(f"row {code}.") == "row [code]."
