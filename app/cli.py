"""`polku …`: parses what was typed, calls a service, prints what came of it."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

from sqlalchemy.orm import Session, sessionmaker

from app.access.actor import Actor, Role, system_actor
from app.accounts import queries as accounts
from app.accounts import services as account_acts
from app.accounts.passwords import Hasher
from app.core import clock
from app.core.crypto import Vault
from app.core.dates import parse_day
from app.core.db import make_engine, make_sessions
from app.core.errors import DomainError, Refused
from app.core.languages import DEFAULT_LANGUAGE, catalogue_of
from app.core.texts import N_, Text
from app.core.uow import UnitOfWork, unit_of_work
from app.demo import services as demo
from app.intake import services as intake
from app.upkeep import services as upkeep
from config.embedded.process import StartProblem
from config.embedded.servers import borrowed
from config.settings import ROOT, Settings

FAULTS: Final = 1
CANNOT: Final = 2


@dataclass(frozen=True, slots=True)
class Desk:
    """What every command works with."""

    settings: Settings
    sessions: sessionmaker[Session]
    vault: Vault
    now: datetime

    def work(self) -> AbstractContextManager[UnitOfWork]:
        """One transaction: kept when the block ends, forgotten when it raises."""
        return unit_of_work(self.sessions, self.vault)

    @property
    def hasher(self) -> Hasher:
        """The password hasher at the cost of the settings."""
        cost = self.settings.argon2
        return Hasher(memory_kib=cost.memory_kib, time_cost=cost.time_cost, parallelism=cost.parallelism)


Command: TypeAlias = Callable[[Desk, argparse.Namespace], int]


def import_register(desk: Desk, args: argparse.Namespace) -> int:
    """Import a register; a dry run writes nothing. The exit code is 1 when any row has a fault."""
    with desk.work() as uow:
        actor = _actor(uow, args.username, "system:intake", now=desk.now)
    path, is_quiet = Path(args.file), args.json
    report = intake.import_file(
        desk.sessions,
        desk.vault,
        path,
        dry_run=args.dry_run,
        actor=actor,
        now=desk.now,
        on_progress=None if is_quiet else _progress,
    )
    shown = report.as_json(catalogue_of(DEFAULT_LANGUAGE))
    if is_quiet:
        print(json.dumps(shown, ensure_ascii=False, indent=1))
        return FAULTS if report.faults else 0
    print(file=sys.stderr)
    for fault in shown["faults"]:
        print(f"Rivi {fault['row']}, {fault['field']}: {fault['message']}")
    if report.unknown_columns:
        print(f"Jätetty pois tuntemattomat sarakkeet: {', '.join(report.unknown_columns)}")
    deed = "Tulisi tuoduksi" if args.dry_run else "Tuotu"
    print(f"Rivejä {report.rows}. {deed} {report.imported}. Virheellisiä rivejä {report.faulty_rows}.")
    return FAULTS if report.faults else 0


def make_demo(desk: Desk, args: argparse.Namespace) -> int:
    """Make a believable region of invented people."""
    with desk.work() as uow:
        made = demo.make_demo(
            uow,
            clients=args.clients,
            seed=args.seed,
            today=parse_day(args.today, clock.local_date(desk.now)) if args.today else None,
            hasher=desk.hasher,
            is_demo=desk.settings.env == "demo",
            if_empty=args.if_empty,
            actor=system_actor("system:demo"),
            now=desk.now,
        )
    if made.is_made:
        print(f"Esittelyalue: {made.clients} asiakasta, {made.users} käyttäjää, {made.teams} tiimiä.")
    else:
        print("Tietokannassa on jo asiakkaita. Mitään ei muutettu.")
    return 0


def show_demo_accounts(_desk: Desk, _args: argparse.Namespace) -> int:
    """Print the sign-ins of the demo."""
    people = demo.demo_accounts()
    width = max(len(one.username) for one in people)
    print("Esittelyn käyttäjät:")
    for one in people:
        print(f"  {one.username:<{width}}  {one.full_name}, {one.role}")
    print(f"Kaikkien salasana: {people[0].password}")
    return 0


def check(desk: Desk, _args: argparse.Namespace) -> int:
    """Recompute what is kept beside its source and say what has drifted; the exit code is then 1."""
    with desk.work() as uow:
        findings = upkeep.check(uow, now=desk.now)
    for finding in findings:
        place = " ".join(part for part in (finding.ref, finding.detail) if part)
        print(f"{_say(finding.message)} {place}".rstrip())
    print(f"Poikkeamia: {len(findings)}." if findings else "Kaikki täsmää.")
    return FAULTS if findings else 0


def add_user(desk: Desk, args: argparse.Namespace) -> int:
    """Make an account; the way to the first administrator of an installation."""
    password = sys.stdin.readline().rstrip("\n") if args.password_stdin else getpass.getpass("Salasana: ")
    with desk.work() as uow:
        actor = _actor(uow, args.by, "system:setup", now=desk.now)
        if actor.is_system and any(Role.ADMIN in user.roles for user in accounts.active_users(uow, desk.now)):
            raise Refused(N_("There is an administrator already. Say who acts: --as USERNAME."))
        user = account_acts.create_user(
            uow,
            username=args.username,
            full_name=args.name,
            roles=[Role(role) for role in args.role],
            password=password,
            actor=actor,
            now=desk.now,
        )
        account_acts.set_password(uow, user.id, password, hasher=desk.hasher, actor=actor, now=desk.now)
    print(f"Käyttäjä {user.username} on tehty. Salasana vaihdetaan ensimmäisellä kirjautumisella.")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 well, 1 faults were found, 2 it could not be done."""
    args = _parser().parse_args(argv)
    run: Command = args.run
    try:
        with borrowed(ROOT, os.environ) as env:
            settings = Settings.from_env(env)
            clock.configure(settings.clock or None)
            engine = make_engine(settings.database_url, statement_timeout_ms=settings.statement_timeout_worker * 1000)
            desk = Desk(settings, make_sessions(engine), _vault(settings), clock.moment())
            try:
                return run(desk, args)
            finally:
                engine.dispose()
    except DomainError as error:
        print(_say(error.message), file=sys.stderr)
    except (StartProblem, OSError, ValueError) as error:
        print(error, file=sys.stderr)
    return CANNOT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="polku", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    one = _add(commands, "import-register", import_register)
    one.add_argument("file", metavar="FILE")
    one.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")
    one.add_argument("--json", action="store_true", help="print the report as JSON")
    one.add_argument("--as", dest="username", metavar="USERNAME", help="who imports, for the audit trail")

    one = _add(commands, "demo", make_demo)
    one.add_argument("--clients", type=int, default=300, metavar="N")
    one.add_argument("--seed", type=int, default=1, metavar="S")
    one.add_argument("--today", metavar="D", help="the day everything is placed around; by default today")
    one.add_argument("--if-empty", action="store_true", help="do nothing when there are clients already")
    _add(commands, "demo-accounts", show_demo_accounts)
    _add(commands, "check", check)

    one = _add(commands, "add-user", add_user)
    one.add_argument("username", metavar="USERNAME")
    one.add_argument("--name", required=True, metavar="NAME")
    one.add_argument("--role", action="append", required=True, choices=[str(role) for role in Role])
    one.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    one.add_argument("--as", dest="by", metavar="USERNAME", help="the administrator who acts")
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: Command
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
    parser.set_defaults(run=run)
    return parser


def _actor(uow: UnitOfWork, username: str | None, otherwise: str, *, now: datetime) -> Actor:
    """The user who acts by `--as`, or the command's own system actor."""
    if not username:
        return system_actor(otherwise)
    user = accounts.users_by_name(uow, [username]).get(username)
    actor = accounts.load_actor(uow, user.id, now=now) if user else None
    if actor is None:
        raise Refused(N_("No active user has the name %(name)s.", name=username))
    return actor


def _progress(read: int, total: int) -> None:
    print(f"\r{intake.progress_line(read, total)}", end="", file=sys.stderr, flush=True)


def _vault(settings: Settings) -> Vault:
    return Vault(settings.field_keys, settings.protected_keys, settings.index_key)


def _say(text: Text) -> str:
    return text.render(catalogue_of(DEFAULT_LANGUAGE))


if __name__ == "__main__":
    raise SystemExit(main())
