"""The post office of the demo, read in a browser."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from app.factory import create_app
from config.settings import Settings
from tests.strict import StrictClient

Post = Callable[[str, str], None]


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """A way to lay a message into the folder of the post office, each newer than the one before."""
    folder = tmp_path / "var" / "mail"
    folder.mkdir(parents=True)

    def lay(subject: str, body: str) -> None:
        number = len(list(folder.iterdir())) + 1
        path = folder / f"{number:032x}.eml"
        head = "X-Envelope-To: anna.maki@example.org\r\nDate: Tue, 24 Nov 2026 07:00:00 +0000\r\n"
        kind = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
        path.write_bytes(f"{head}Subject: {subject}\r\n{kind}\r\n{body}\r\n".encode())
        os.utime(path, (number, number))

    return lay


@pytest.fixture
def demo_client(settings: Settings, sessions: sessionmaker[Session], tmp_path: Path) -> StrictClient:
    """A browser in a demo whose post office keeps its messages in the test's folder."""
    app = create_app(replace(settings, env="demo"), sessions=sessions)
    app.extensions["polku"] = replace(app.extensions["polku"], settings=replace(settings, root=tmp_path))
    app.test_client_class = StrictClient
    found = app.test_client()
    assert isinstance(found, StrictClient)
    return found


def test_the_newest_message_comes_first_and_is_read_as_it_was_written(demo_client: StrictClient, post: Post) -> None:
    post("Muistutus", "Tarkistus lähestyy.")
    post("Polku: määräpäivä on mennyt", "Avaa Polku:\r\nhttps://polku.test/polut/1\r\n<b>ei lihavoida</b>")
    shown = demo_client.get("/esittely/posti").get_data(as_text=True)
    assert shown.index("määräpäivä on mennyt") < shown.index("Tarkistus lähestyy.")
    assert "anna.maki@example.org · 24.11.2026 klo 9.00" in shown
    assert "&lt;b&gt;ei lihavoida&lt;/b&gt;" in shown


def test_without_messages_the_page_says_when_they_come(demo_client: StrictClient) -> None:
    shown = demo_client.get("/esittely/posti").get_data(as_text=True)
    assert "Ei vielä viestejä" in shown


def test_only_the_fifty_newest_messages_are_shown(demo_client: StrictClient, post: Post) -> None:
    for number in range(60):
        post(f"Viesti {number}.", "Teksti.")
    shown = demo_client.get("/esittely/posti").get_data(as_text=True)
    assert shown.count("polku-box__head") == 50
    assert "Viesti 59." in shown
    assert "Viesti 9." not in shown


def test_a_broken_file_does_not_break_the_page(demo_client: StrictClient, post: Post, tmp_path: Path) -> None:
    post("Muistutus", "Tarkistus lähestyy.")
    (tmp_path / "var" / "mail" / "broken.eml").write_bytes(b"\xff\xfe no message at all")
    assert "Tarkistus lähestyy." in demo_client.get("/esittely/posti").get_data(as_text=True)


def test_outside_the_demo_there_is_no_such_page(app: Flask) -> None:
    assert "demo.mail" not in app.view_functions
