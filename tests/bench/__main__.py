"""The bench: `script/bench`. Prints every figure, and ends with 1 when a target is missed.

The product and the limit run side by side on servers of the bench's own and are asked in turns, so that whatever else
the machine does meets both. Rules: docs/performance.md.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

from config.embedded.postgres import OWNER
from tests.bench import frames, inside, jobs
from tests.bench.filling import CLEAR_INDEXES, CLEAR_TABLES, Filled, Filler, instant
from tests.bench.ground import LIMIT, PRODUCT, RAISED, ROOT, WEB_PROCESSES, WEB_THREADS, Ground, Site, ground
from tests.bench.pages import LEAST, MOST_GROWTH, PAGES, PREFIXES, WORDS, Visitors, fetch, form_token

SMALL: Final = 1_000
MOST_SWEEP: Final = 3.0
MOST_IMPORT: Final = 10.0
MANY: Final = 16
SHOWN: Final = ("rate", "p50", "p95", "web", "database")
Figures = dict[str, float]


@dataclass
class Pace:
    """How long and how often everything is measured."""

    clients: int
    rounds: int
    seconds: float
    warm: float
    import_rows: int

    @classmethod
    def of(cls, given: argparse.Namespace) -> "Pace":
        """Return the pace the command line asks for."""
        if given.quick:
            return cls(given.clients or 5_000, 3, 1.5, 0.5, 3_000)
        return cls(given.clients or 100_000, 3, 4.0, 1.0, 20_000)


@dataclass
class Bench:
    """One run: the servers, who visits them, and what has been missed."""

    ground: Ground
    pace: Pace
    small: Visitors
    big: Visitors
    missed: list[str] = field(default_factory=list)
    figures: dict[tuple[str, str, int], list[Figures]] = field(default_factory=dict)

    def measure_pages(self, pages: tuple[str, ...]) -> None:
        """Ask the product among few, the limit, and the product among many, in turns."""
        frame_folder = self.make_frames(pages)
        sites = {
            "few": self.ground.serve("few", PRODUCT, "few"),
            "many": self.ground.serve("many", PRODUCT, "many"),
            "limit": self.ground.serve("limit", LIMIT, "many", BENCH_FRAMES=str(frame_folder)),
        }
        self.show_sizes(pages, sites)
        # Every process has to have made its templates and statements before anything is timed.
        for page in pages:
            for name, site in sites.items():
                under_load(self._order(name, site, page, MANY) | {"seconds": 5.0})
        for number in range(self.pace.rounds):
            for page in pages:
                for count in (1, MANY):
                    for name in ("many", "limit", "few"):
                        self._measure(name, sites[name], page, count)
            say(f"  round {number + 1} of {self.pace.rounds} done")
        for site in sites.values():
            self.ground.end(site)

    def _order(self, name: str, site: Site, page: str, count: int) -> dict[str, Any]:
        visitors = self.small if name == "few" else self.big
        if name == "limit":
            connections = visitors.limit_connections(page, count)
        else:
            connections = visitors.connections(page, count, site.port)
        seconds = self.pace.seconds if count > 1 else self.pace.seconds / 2
        return {"port": site.port, "seconds": seconds, "warm": self.pace.warm, "connections": connections}

    def _measure(self, name: str, site: Site, page: str, count: int) -> None:
        order = self._order(name, site, page, count)
        web, database = site.spent(), self.ground.database_spent()
        found = under_load(order)
        found["web"] = 1000 * (site.spent() - web) / found["pages"]
        found["database"] = 1000 * (self.ground.database_spent() - database) / found["pages"]
        self.figures.setdefault((name, page, count), []).append(found)

    def make_frames(self, pages: tuple[str, ...]) -> Path:
        """Make the limit's templates out of the product's own pages."""
        site = self.ground.serve("model", PRODUCT, "many")
        folder = self.ground.home / "frames"
        folder.mkdir()
        for page in pages:
            source = frames.MAKERS[page](self._page_of(site.port, page))
            (folder / f"{page}.html").write_text(source, encoding="utf-8")
        self.ground.end(site)
        return folder

    def _page_of(self, port: int, page: str) -> str:
        filled = self.big.filled
        worker, lead = filled.worker_tokens[0], filled.lead_tokens[0]
        if page == "client":
            return fetch(port, f"/polut/{filled.cases_of[filled.worker_ids[0]][0][1]}", worker)
        if page == "search":
            csrf = form_token(fetch(port, "/tyolista", worker))
            answers = (fetch(port, "/haku", worker, words=words, csrf=csrf) for words in PREFIXES)
            return next(answer for answer in answers if "<tbody" in answer)
        return fetch(port, "/johtaminen" if page == "board" else "/tyolista", lead if page == "board" else worker)

    def show_sizes(self, pages: tuple[str, ...], sites: dict[str, Site]) -> None:
        """Show that both send the same: the length of each page."""
        for page in pages:
            ours = len(self._page_of(sites["many"].port, page))
            order = self.big.limit_connections(page, 1)[0]
            if page == "search":
                continue
            theirs = len(fetch(sites["limit"].port, order["pages"][0]["path"], "none"))
            say(f"  {WORDS[page]}: {ours:,} bytes, the limit's {theirs:,}")

    def middle(self, name: str, page: str, count: int, figure: str) -> float:
        """Return the median of the rounds."""
        return statistics.median(one[figure] for one in self.figures[name, page, count])

    def judge(self, what: str, figure: float, *, least: float | None = None, most: float | None = None) -> str:
        """Compare a figure with its target and return how it stands."""
        is_met = (least is None or figure >= least) and (most is None or figure <= most)
        target = f"≥ {least:g}" if least is not None else f"≤ {most:g}"
        if not is_met:
            self.missed.append(f"{what}: {figure:.2f}, the target is {target}")
        return f"{figure:.2f} ({target}{'' if is_met else ', MISSED'})"

    def show_pages(self, pages: tuple[str, ...]) -> None:
        """Print the figures of the pages and judge them."""
        for count in (1, MANY):
            say(f"\n{count} connection{'s' if count > 1 else ''}: pages a second · p50 · p95"
                " · processor of a page, web and database (ms)")  # fmt: skip
            for page in pages:
                for name in ("many", "few", "limit"):
                    rate, p50, p95, web, database = (self.middle(name, page, count, one) for one in SHOWN)
                    who = {"many": f"{self.pace.clients:,}", "few": f"{SMALL:,}", "limit": "limit"}[name]
                    say(
                        f"  {WORDS[page]:14} {who:>9}  {rate:8.1f}  {p50:7.1f}  {p95:7.1f}  {web:6.2f}  {database:6.2f}"
                    )
        say("\nAgainst the targets")
        for page in pages:
            share = self.middle("many", page, MANY, "rate") / self.middle("limit", page, MANY, "rate")
            say(f"  {WORDS[page]:14} share of the limit  {self.judge(WORDS[page], share, least=LEAST[page])}")
            busy = self.cost("limit", page) / self.cost("many", page)
            say(f"  {'':14} by processor time   {busy:.2f}")
            alone = self.middle("many", page, 1, "rate") / self.middle("limit", page, 1, "rate")
            say(f"  {'':14} with one connection {alone:.2f}")
            growth = self.growth(page)
            said = self.judge(f"{WORDS[page]}, growth", growth, most=MOST_GROWTH)
            say(f"  {'':14} growth of p95       {said}")

    def cost(self, name: str, page: str) -> float:
        """Return the processor time of a page, in the web server and in the database."""
        return self.middle(name, page, MANY, "web") + self.middle(name, page, MANY, "database")

    def growth(self, page: str) -> float:
        """Return how many times longer p95 is among many than among few: in the middle of rounds taken in turns."""
        pairs = zip(self.figures["many", page, MANY], self.figures["few", page, MANY], strict=True)
        return statistics.median(many["p95"] / few["p95"] for many, few in pairs)

    def show_statements(self, pages: tuple[str, ...], profile_folder: Path | None) -> None:
        """Count the statements of each page, for ten rows and for fifty, and where its time goes."""
        filled = self.big.filled
        product = inside.Inside(self.ground.settings("many"))
        say("\nStatements of a page (few rows → full page), milliseconds in one process, of these in the database")
        for page in pages:
            looks = {}
            for name, token in self._tokens(page).items():
                looks[name] = product.look(token, self._ask(product, page, name, token))
            few, full = looks["few"], looks["full"]
            said = f"{few.statements} → {full.statements}"
            if few.statements != full.statements:
                self.missed.append(f"{WORDS[page]}: {said} statements, and more rows must not cost more")
            say(f"  {WORDS[page]:14} {said:9} {full.milliseconds:6.1f} {full.in_database:6.1f}")
            if profile_folder is not None:
                token = self._tokens(page)["full"]
                text = product.profile(token, self._ask(product, page, "full", token))
                (profile_folder / f"{page}.txt").write_text(text, encoding="utf-8")
        product.close()
        del filled

    def _tokens(self, page: str) -> dict[str, str]:
        filled = self.big.filled
        if page == "board":
            return {"few": filled.small_lead_token, "full": filled.lead_tokens[0]}
        return {"few": filled.small_token, "full": filled.worker_tokens[0]}

    def _ask(self, product: inside.Inside, page: str, name: str, token: str) -> inside.Ask:
        filled = self.big.filled
        worker = filled.worker_ids[0] if name == "full" or filled.small_worker is None else filled.small_worker
        if page == "client":
            return inside.get(f"/polut/{filled.cases_of[worker][0][1]}")
        if page == "search":
            answer = product.browser(token).get("/tyolista", base_url=inside.BASE)
            return inside.search(filled.name_of[worker], form_token(answer.get_data(as_text=True)))
        return inside.get("/johtaminen" if page == "board" else "/tyolista")

    def show_jobs(self) -> None:
        """Measure the sweep and the import against the bare rows."""
        say("\nJobs against the bare rows (seconds of the job, of the limit)")
        swept = jobs.measure_sweep(self.ground, "many", instant())
        said = self.judge("Sweep", swept.ratio, most=MOST_SWEEP)
        say(f"  Sweep   {swept.rows:9,} ledger rows  {swept.seconds:6.2f} {swept.limit_seconds:6.2f}"
            f"  {swept.rate:9,.0f} rows/s  ratio {said}")  # fmt: skip
        taken = jobs.measure_import(self.ground, self.pace.import_rows, instant())
        said = self.judge("Import", taken.ratio, most=MOST_IMPORT)
        rate = self.pace.import_rows / taken.seconds
        say(f"  Import  {self.pace.import_rows:9,} clients, {taken.rows:,} rows  {taken.seconds:6.2f}"
            f" {taken.limit_seconds:6.2f}  {rate:9,.0f} clients/s  ratio {said}")  # fmt: skip

    def compare_servers(self, program: str) -> None:
        """Ask the same product for the work list behind granian and behind gunicorn."""
        sites = {
            "granian": self.ground.serve("granian", PRODUCT, "many"),
            "gunicorn": self.ground.serve_by_gunicorn("gunicorn", PRODUCT, "many", program),
        }
        found: dict[str, list[Figures]] = {name: [] for name in sites}
        for _ in range(self.pace.rounds):
            for name, site in sites.items():
                connections = self.big.connections("worklist", MANY, site.port)
                order = {"port": site.port, "seconds": self.pace.seconds, "warm": self.pace.warm}
                found[name].append(under_load(order | {"connections": connections}))
        say(f"\nApplication servers, work list, {MANY} connections: pages a second · p50 · p95 (ms)")
        for name, rounds in found.items():
            rate, p50, p95 = (statistics.median(one[figure] for one in rounds) for figure in ("rate", "p50", "p95"))
            say(f"  {name:10} {rate:8.1f}  {p50:7.1f}  {p95:7.1f}")
            self.ground.end(sites[name])


def under_load(order: dict[str, Any]) -> Figures:
    """Run one load in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"], cwd=ROOT, input=json.dumps(order), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    found: Figures = json.loads(done.stdout)
    return found


def fill(here: Ground, name: str, clients: int, *, is_clear: bool) -> Filled:
    """Make a database with so many clients, in clear text too when asked, and let PostgreSQL get to know it."""
    here.make_database(name)
    with timed(f"Filling a database with {clients:,} clients"):
        if is_clear:
            with psycopg.connect(_plain(here.server.url(OWNER, name)), autocommit=True) as clear:
                clear.execute(CLEAR_TABLES)
                with here.unit(name) as uow:
                    filled = Filler(uow, clients=clients, now=instant(), clear=clear).fill()
                clear.execute(CLEAR_INDEXES)
        else:
            with here.unit(name) as uow:
                filled = Filler(uow, clients=clients, now=instant(), clear=None).fill()
        with psycopg.connect(_plain(here.superuser_url(name)), autocommit=True) as operator:
            operator.execute("VACUUM ANALYZE")
            operator.execute("CHECKPOINT")
    say(f"    {filled.rows:,} rows")
    return filled


@contextmanager
def timed(words: str) -> Iterator[None]:
    """Say what is done and how long it took."""
    began = time.perf_counter()
    yield
    say(f"  {words}: {time.perf_counter() - began:.1f} s")


def say(words: str) -> None:
    """Print a line at once."""
    print(words, flush=True)


def _plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    reader = argparse.ArgumentParser(prog="script/bench", description="Measures Polku against its limits.")
    reader.add_argument("--quick", action="store_true", help="5,000 clients and short rounds")
    reader.add_argument("--clients", type=int, help="clients of the large database (100,000)")
    reader.add_argument("--pages", default=",".join(PAGES), help="which pages, of: " + ", ".join(PAGES))
    reader.add_argument("--no-jobs", action="store_true", help="leave the sweep and the import out")
    reader.add_argument("--profile", type=Path, help="a folder for a profile of each page")
    reader.add_argument("--gunicorn", help="a Python with the product and gunicorn, to compare servers")
    return reader.parse_args()


def main() -> int:
    """Run everything; 0 when every target is met."""
    given = read_arguments()
    pace, pages = Pace.of(given), tuple(given.pages.split(","))
    say(f"{WEB_PROCESSES} web processes × {WEB_THREADS} threads; PostgreSQL untuned; raised for the bench: "
        + ", ".join(f"{name}={value}" for name, value in RAISED.items()))  # fmt: skip
    with ground() as here:
        small = fill(here, "few", SMALL, is_clear=False)
        big = fill(here, "many", pace.clients, is_clear=True)
        bench = Bench(here, pace, Visitors(small), Visitors(big))
        bench.show_statements(pages, given.profile)
        bench.measure_pages(pages)
        bench.show_pages(pages)
        if given.gunicorn:
            bench.compare_servers(given.gunicorn)
        if not given.no_jobs:
            bench.show_jobs()
    for line in bench.missed:
        say(f"MISSED  {line}")
    say("Every target is met." if not bench.missed else "")
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
