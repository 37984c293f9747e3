"""Sets one paper, in a process of its own: reads an order from stdin, writes the PDF to stdout.

Run by `press` with an empty environment. Nothing of Polku is imported here, so the process starts in some 50 ms, has
no keys, no database and no settings, and may be ended at any moment.
"""

import json
import resource
import sys
from typing import Any

import typst

MEGABYTE = 1024 * 1024


def _limit(seconds: int, megabytes: int) -> None:
    """Let the kernel end a compile that runs wild, and write no file at all."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def set_paper(order: dict[str, Any]) -> bytes:
    """Compile the template with the paper's texts; the compiler refuses a PDF that is not accessible (PDF/UA-1).

    The texts are handed over as one JSON value and shown as texts: nothing in them is read as markup. The root of all
    files is the template's own folder, and the template names no package.
    """
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[order["fonts"]])
    compiler = typst.Compiler(root=order["root"], font_paths=fonts)
    return compiler.compile(  # type: ignore[return-value] # one file, since no output is named
        input=f"{order['root']}/{order['template']}",
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"paper": json.dumps(order["paper"])},
        timestamp=order["made_at"],
    )


def main() -> None:
    """Read, set, write; a refusal of the compiler goes to stderr without the texts."""
    order = json.load(sys.stdin)
    _limit(order["seconds"], order["megabytes"])
    try:
        pdf = set_paper(order)
    except typst.TypstError as error:
        # the message may quote the text it stumbled over; only its kind leaves this process
        sys.stderr.write(f"{type(error).__name__}: {error.message.split('`')[0]}")
        raise SystemExit(1) from None
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
