"""Pictures of the page, to look at.

Run: ``python dev/shots.py FOLDER NAME=/path[?query][;live=old][;dark][;phone][;de] ...``

Needs a browser, the mock server (``npm run mock``) and the built page, or ``BASE`` set to a running ``npm run dev``.
Time stands at the mock's time. Errors in the console, styles that the page may not use and sideways scrolling are told.
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

BASE = os.environ.get("BASE", "http://127.0.0.1:8600")
MOCK = os.environ.get("MOCK", BASE)
DEFAULT = "live=ok&plan=ok&stop=ok&role=owner&demo=no&zone=Europe/Berlin"
SETTLE_MS = int(os.environ.get("SETTLE_MS", "2500"))


def shoot(browser: Browser, folder: Path, job: str) -> None:
    """Take one picture and say what the browser complained about."""
    name, _, rest = job.partition("=")
    path, *flags = rest.split(";")
    is_phone = "phone" in flags
    width = next((int(flag[2:]) for flag in flags if flag.startswith("w:")), 390 if is_phone else 1440)
    context = browser.new_context(
        viewport={"width": width, "height": 844 if is_phone else 900},
        device_scale_factor=1,
        color_scheme="dark" if "dark" in flags else "light",
        locale="de-DE" if "de" in flags else "en-GB",
        timezone_id="Europe/Berlin",
        has_touch=is_phone,
        service_workers="block",
    )
    page = context.new_page()
    page.on(
        "console", lambda said: print(name, said.type, said.text[:300]) if said.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: print(name, "error", str(error)[:900]))
    played = "&".join(flag for flag in flags if "=" in flag)
    page.request.get(f"{MOCK}/__mock?{DEFAULT}&{played}")
    page.clock.install(time="2026-05-14T14:40:00Z")
    page.goto(BASE + path)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=str(folder / f"{name}.png"), full_page="view" not in flags)
    if (over := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
        print(name, "scrolls sideways by", over)
    context.close()


def main() -> None:
    """Take every picture that is asked for."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for job in sys.argv[2:]:
            shoot(browser, folder, job)
        browser.close()


main()
