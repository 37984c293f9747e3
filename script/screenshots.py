"""Takes the README's pictures from a running demo: `.venv/bin/python script/screenshots.py http://127.0.0.1:8000`."""

import shutil
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.demo.services import demo_accounts  # noqa: E402 - the clone is not installed

FOLDER: Final = ROOT / "docs" / "images"
SIZE: Final = {"width": 1366, "height": 768}
FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def take(page: Page, base: str) -> None:
    """Sign in as the demo's omatyöntekijä and take the work list and a client's page."""
    worker = demo_accounts()[0]
    page.goto(f"{base}/kirjaudu")
    page.fill("[name=username]", worker.username)
    page.fill("[name=password]", worker.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tyolista")
    page.screenshot(path=FOLDER / "tyolista.png")
    page.locator("tbody th a").first.click()
    page.wait_for_url("**/polut/**")
    page.screenshot(path=FOLDER / "asiakas.png")


def main() -> None:
    """Open the browser, take the pictures, say where they are."""
    base = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        take(browser.new_page(viewport=SIZE, locale="fi-FI"), base)  # type: ignore[arg-type] # a plain dict is a size
        browser.close()
    print(f"Pictures in {FOLDER}")


if __name__ == "__main__":
    main()
