"""What a mail says, to whom it can go, and how the server's answers are read."""

import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.reminders import mail
from app.reminders.domain import Template
from app.reminders.mail import MailRefused, MailUnavailable, SmtpMailer, compose

AT = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
OUTBOX = UUID("0e4c8f1c-3f2a-4b21-9a55-0123456789ab")
LINK = "https://polku.test/polut/6a0f0f7e-1111-4222-8333-444455556666"
MAILED = (Template.REMINDER, Template.STAND_IN, Template.UNASSIGNED, Template.ESCALATION)


def a_mail(template: str = Template.REMINDER, to: str = "anna@polku.test", outbox_id: UUID = OUTBOX) -> EmailMessage:
    return compose(template, outbox_id=outbox_id, to=to, sender="Polku <polku@county.test>", link=LINK, at=AT)


@pytest.mark.parametrize("template", MAILED)
def test_a_mail_is_a_link_and_fixed_words_with_no_service_named(template: str) -> None:
    text = a_mail(template).get_content()
    assert LINK in text
    rest = text.replace(LINK, "").lower()
    for word in ("työkyv", "työllisty", "sosiaali", "asiakas", "suunnitelm", "suostumu", "client", "plan", "consent"):
        assert word not in rest
    assert not any(letter.isdigit() for letter in rest)


def test_every_mail_has_the_same_subject() -> None:
    assert len({a_mail(template)["Subject"] for template in MAILED}) == 1


def test_the_message_id_follows_from_the_outbox_row_alone() -> None:
    assert a_mail()["Message-ID"] == a_mail(Template.ESCALATION, "other@polku.test")["Message-ID"]
    assert a_mail()["Message-ID"] == f"<{OUTBOX}@county.test>"
    assert a_mail()["Message-ID"] != a_mail(outbox_id=uuid4())["Message-ID"]


@pytest.mark.parametrize("address", ["anna@polku.test\nBcc: all@polku.test", "anna@polku.test\r\n\r\nHei", "a\nb"])
def test_a_line_break_in_an_address_cannot_start_a_header(address: str) -> None:
    with pytest.raises(MailRefused) as refusal:
        a_mail(to=address)
    assert refusal.value.is_final


def test_every_template_that_is_mailed_has_a_file_and_no_other_file_is_there() -> None:
    folder = Path(mail.__file__).resolve().parents[2] / "templates" / "emails"
    assert {path.stem for path in folder.iterdir()} == {str(template) for template in MAILED}


class Server:
    """A mail server that answers as told."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.taken: list[EmailMessage] = []

    def send_message(self, message: EmailMessage) -> None:
        if self.error:
            raise self.error
        self.taken.append(message)

    def rset(self) -> None:
        """Do nothing."""

    def quit(self) -> None:
        """Do nothing."""


def sending(monkeypatch: pytest.MonkeyPatch, error: Exception | None) -> SmtpMailer:
    mailer = SmtpMailer("smtp://127.0.0.1:9")
    monkeypatch.setattr(mailer, "_connect", lambda: Server(error))
    return mailer


@pytest.mark.parametrize(
    ("error", "is_final"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"no such mailbox")}), True),
        (smtplib.SMTPRecipientsRefused({"a@b": (451, b"later")}), False),
        (smtplib.SMTPDataError(554, b"no"), True),
        (smtplib.SMTPDataError(452, b"full"), False),
    ],
)
def test_a_refusal_is_final_when_the_server_says_never(
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    is_final: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    with pytest.raises(MailRefused) as refusal:
        sending(monkeypatch, error).send(a_mail())
    assert refusal.value.is_final is is_final


@pytest.mark.parametrize("error", [ConnectionRefusedError(), TimeoutError(), smtplib.SMTPServerDisconnected("gone")])
def test_a_server_that_is_away_can_be_tried_later(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    with pytest.raises(MailUnavailable):
        sending(monkeypatch, error).send(a_mail())


def test_the_words_of_the_server_are_not_kept() -> None:
    assert str(MailRefused(550, is_final=True)) == "refused 550"
