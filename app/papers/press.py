"""Makes a PDF of a paper by the Typst compiler, in a process that can be ended.

A compile takes a tenth of a second; one that would take longer than its limit is stopped, and no thread of the web
server hangs with it.
"""

import json
import subprocess
import sys
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

from app.core.errors import Conflict
from app.core.texts import N_
from app.papers.domain import Copy, Paper, Say, shape

LONGEST_ORDER: Final = 2_000_000
SECONDS: Final = 10
MEGABYTES: Final = 1536
AT_ONCE: Final = 2
PATIENCE: Final = 3.0
"""Seconds to wait for a free press; the request holds its transaction meanwhile."""
UNSHOWN: Final = "\ufffd"
LONGEST_WORD: Final = 40
PIECE: Final = 10
BREAK: Final = "\u200b"
"""Words up to the longest are hyphenated as Finnish; in anything longer a line may end after each piece."""
SHEET: Final = Path(__file__).with_name("sheet.py")

# What the font of the papers can show, by ranges of code points; a test sets every one of them. Everything else
# (emoji, other scripts) is shown as a replacement sign and counted, since PDF/UA allows no sign without a shape.
SHOWN: Final = (
    (0x20, 0x7E),
    (0xA0, 0x377),  # Latin with its marks, Greek below
    (0x384, 0x38A),
    (0x38E, 0x3A1),
    (0x3A3, 0x3E1),
    (0x3F0, 0x52F),  # Cyrillic
    (0x1E00, 0x1F15),
    (0x2010, 0x2027),
    (0x2030, 0x205E),
    (0x2070, 0x2071),
    (0x2074, 0x208E),
    (0x20A0, 0x20C0),
    (0x2100, 0x215F),
    (0x2212, 0x2212),
    (0xFFFD, 0xFFFD),
)
LINE_ENDS: Final = frozenset("\r\n\v\f\u0085\u2028\u2029")


class PaperNotMade(Conflict):
    """The PDF could not be made in time; nothing was printed and nothing is put on record."""

    status = 503


@dataclass
class Signs:
    """Cleans texts for the font and counts what it could not show."""

    unshown: int = 0

    def clean(self, text: str) -> str:
        """Return a text that can be set: known signs, no control over direction, breaks inside overlong words."""
        plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
        signs = "".join(self._sign(sign) for sign in plain)
        return " ".join(_breakable(word) for word in signs.split(" "))

    def _sign(self, sign: str) -> str:
        category = unicodedata.category(sign)
        if sign in LINE_ENDS:
            return "\n"
        if sign == "\t" or category == "Zs":
            return "\u00a0" if sign == "\u00a0" else " "
        # what steers (direction, joining, soft hyphens) is left out, so that no text can pass for another
        if category in {"Cc", "Cf"} or (category == "Mn" and not _is_shown(sign)):
            return ""
        if _is_shown(sign):
            return sign
        self.unshown += 1
        return UNSHOWN


def _is_shown(sign: str) -> bool:
    code = ord(sign)
    return any(first <= code <= last for first, last in SHOWN)


def _breakable(word: str) -> str:
    if len(word) <= LONGEST_WORD:
        return word
    return BREAK.join(word[start : start + PIECE] for start in range(0, len(word), PIECE))


@dataclass(frozen=True)
class Press:
    """Knows where the template and the fonts lie; safe to use from several threads."""

    root: Path
    seconds: float = SECONDS
    megabytes: int = MEGABYTES
    busy: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))

    def make(self, paper: Paper, copy: Copy, *, say: Say, language: str, now: datetime) -> bytes:
        """Return the PDF of a paper, tagged for assistive technology (PDF/UA-1), in one language.

        Raises PaperNotMade when it takes too long, grows too large, or too many are being made.
        """
        signs = Signs()
        shaped = shape(paper, copy, say, signs.clean)
        shaped["language"] = language
        shaped["unshown"] = self._remark(signs.unshown, say)
        return self._run(self.order(shaped, now))

    def order(self, shaped: dict[str, Any], now: datetime) -> bytes:
        """Return what the process that sets the paper is told."""
        told = {
            "root": str(self.root / "templates" / "print"),
            "template": "paper.typ",
            "fonts": str(self.root / "app" / "static" / "build" / "fonts"),
            "paper": shaped,
            "made_at": int(now.timestamp()),
            "seconds": max(int(self.seconds), 1),
            "megabytes": self.megabytes,
        }
        return json.dumps(told).encode()

    def _remark(self, unshown: int, say: Say) -> str:
        if not unshown:
            return ""
        return say(
            N_(
                "Signs that could not be printed: %(num)s, shown as %(box)s. Read them in Polku.",
                num=unshown,
                box=UNSHOWN,
            )
        )

    def _run(self, order: bytes) -> bytes:
        if len(order) > LONGEST_ORDER:
            raise PaperNotMade(N_("The paper is too long to be made into a PDF. Read it on the page."))
        if not self.busy.acquire(timeout=min(self.seconds, PATIENCE)):
            raise PaperNotMade(N_("Several papers are being made right now. Try again in a moment."))
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(SHEET)],
                input=order,
                capture_output=True,
                timeout=self.seconds,
                env={"LC_ALL": "C.UTF-8", "RAYON_NUM_THREADS": "1"},
                check=True,
            )
        except (subprocess.SubprocessError, OSError) as error:
            raise PaperNotMade(N_("The PDF could not be made. Nothing was printed. Try again.")) from error
        finally:
            self.busy.release()
        return done.stdout
