"""The mail itself: neutral words, a link that needs sign-in, and the way to the mail server.

A mailbox may be shared and a phone shows subjects on its lock screen. So a mail names no client, no code, no service
and no duty; subject and words are fixed, and whoever follows the link signs in first.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.core.languages import DEFAULT_LANGUAGE, catalogue_of
from app.core.texts import N_, Text

ROOT: Final = Path(__file__).resolve().parents[2]
TIMEOUT: Final = 10.0
"""Seconds the server has for each answer; the outbox row stays locked meanwhile."""
SUBJECT: Final[Text] = N_("A reminder in Polku")


class MailUnavailable(Exception):
    """The server cannot take mail now; every mail is tried again later."""


class MailRefused(Exception):
    """The server does not take this mail; `is_final` when it never will. The code is kept, its words are not."""

    def __init__(self, code: int, *, is_final: bool) -> None:
        super().__init__(f"refused {code}")
        self.is_final = is_final


class Mailer(Protocol):
    """Whatever takes a mail away."""

    def send(self, message: EmailMessage) -> None:
        """Hand the mail over, or raise MailUnavailable or MailRefused."""
        ...


def compose(template: str, *, outbox_id: UUID, to: str, sender: str, link: str, at: datetime) -> EmailMessage:
    """Return the mail of an outbox row; the same row always gives the same Message-ID, so a second copy is known.

    Raises MailRefused for an address that is no address: a line break in it would start a header of its own.
    """
    words = catalogue_of(DEFAULT_LANGUAGE)
    message = EmailMessage()
    try:
        message["From"] = sender
        message["To"] = to
    except ValueError:
        raise MailRefused(553, is_final=True) from None
    message["Subject"] = SUBJECT.render(words)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{outbox_id}@{sender.rpartition('@')[2].strip('> ') or 'polku.invalid'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_templates().get_template(f"{template}.txt").render(link=link))
    return message


@cache
def _templates() -> Environment:
    # Plain text: there is nothing to escape, and nothing of a client is put in.
    found = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "emails"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - see above
        keep_trailing_newline=True,
    )
    found.globals["_"] = catalogue_of(DEFAULT_LANGUAGE).gettext
    return found


class SmtpMailer:
    """Mail by SMTP_URL: `smtp://host:port`, `smtps://` (TLS at once), `smtp+starttls://`; user and password inside.

    One connection serves a run. It is opened at the first mail and given up at the first fault.
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self._url = urlsplit(url)
        self._timeout = timeout
        self._server: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> None:
        """Hand the mail over; see `Mailer`."""
        try:
            server = self._connected()
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            self._reset()
            raise MailRefused(code, is_final=500 <= code < 600) from None
        except (smtplib.SMTPDataError, smtplib.SMTPNotSupportedError) as error:
            code = getattr(error, "smtp_code", 554)
            self._reset()
            raise MailRefused(code, is_final=500 <= code < 600) from None
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise MailUnavailable(type(error).__name__) from None

    def close(self) -> None:
        """Say goodbye to the server, if it still listens."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def _reset(self) -> None:
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.rset()

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            self._server = self._connect()
        return self._server

    def _connect(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "127.0.0.1", self._url.port
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port or 465, timeout=self._timeout, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, port or 25, timeout=self._timeout)
        if self._url.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server


@contextmanager
def mailer_for(url: str) -> Iterator[SmtpMailer]:
    """Yield a mailer for one run and close its connection after it."""
    mailer = SmtpMailer(url)
    try:
        yield mailer
    finally:
        mailer.close()
