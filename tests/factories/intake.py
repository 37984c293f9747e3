"""Registers of clients as an office exports them, for tests of the import."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from app.core.uow import UnitOfWork
from app.intake.register import HEADERS
from tests.factories.accounts import create_team, create_user

FILES: Final = Path(__file__).resolve().parent.parent / "data"
REGISTER: Final = FILES / "asiakasrekisteri.csv"
PLANTED: Final = FILES / "asiakasrekisteri.faults.json"
WORKERS: Final = ("anna.maki", "juha.laine", "sari.koskinen", "timo.virta", "leena.salo")
LETTERS: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"

GOOD: Final[Mapping[str, str]] = {
    "last_name": "Mäki-Aho",
    "first_names": "Aino Maria",
    "identity_code": "131052-9085",
    "birth_on": "13.10.1952",
    "municipality": "Lahti",
    "language": "suomi",
    "phone": "(050) 391-7575",
    "email": "aino@example.org",
    "is_protected": "",
    "model": "Työkyvyn tuki",
    "stage": "Toteutus",
    "started_on": "7.10.2024",
    "worker": "anna.maki",
    "accepted_on": "12.11.2024",
    "reviewed_on": "3.5.2025",
    "score": "6",
}


def create_workers(uow: UnitOfWork) -> dict[str, UUID]:
    """Make the workers the register names, two teams of them, and return their ids."""
    teams = [create_team(uow), create_team(uow)]
    return {name: create_user(uow, username=name, teams=(teams[place % 2],)).id for place, name in enumerate(WORKERS)}


def code_for(number: int) -> str:
    """Make an identity code that nobody has: the number is spread over birth days and the numbers 900 to 999."""
    day, rest = divmod(number, 100)
    digits = f"{day % 28 + 1:02d}{day // 28 % 12 + 1:02d}{day // 336 % 100:02d}"
    individual = 900 + rest
    return f"{digits}-{individual}{LETTERS[int(f'{digits}{individual}') % 31]}"


def register_bytes(
    rows: Iterable[Mapping[str, str]],
    *,
    columns: Sequence[str] = tuple(HEADERS),
    headers: Mapping[str, str] = HEADERS,
    delimiter: str = ";",
    encoding: str = "cp1252",
) -> bytes:
    """Write rows, given by column key, as a register; a key that is no column is written under its own name."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([headers.get(key, key) for key in columns])
    writer.writerows([row.get(key, "") for key in columns] for row in rows)
    return out.getvalue().encode(encoding)


def source_of(*rows: Mapping[str, str], columns: Sequence[str] = tuple(HEADERS)) -> io.BytesIO:
    """Write rows, each GOOD with some columns changed, as a register to read."""
    return io.BytesIO(register_bytes([{**GOOD, **row} for row in rows], columns=columns))


def many_rows(count: int) -> Iterable[dict[str, str]]:
    """Make good rows of different people, in all pathways and stages."""
    models = ("Työkyvyn tuki", "Tuettu työhönvalmennus", "Ryhmämuotoinen työllistyminen")
    stages = ("Tunnistaminen", "Yhteinen arviointi", "Yhteinen suunnitelma", "Toteutus", "Seuranta ja arviointi")
    names = ("Mäkinen", "Korhonen", "Virtanen", "Nieminen", "Laine", "Öhman", "Åkerlund", "von Hertzen")
    for number in range(count):
        has_plan = number % 3 > 0
        yield {
            **GOOD,
            "last_name": names[number % 8],
            "first_names": f"{names[number % 7]}a Maria",
            "identity_code": code_for(number),
            "birth_on": "",
            "email": f"asiakas{number}@example.org",
            "model": models[number % 3],
            "stage": stages[number % 5],
            "worker": WORKERS[number % 5],
            "accepted_on": "12.11.2024" if has_plan else "",
            "reviewed_on": "3.5.2025" if has_plan and number % 2 else "",
        }
