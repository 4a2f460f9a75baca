"""Browsers and pages: opened with who, where, when and how it looks, and looked at for errors that nobody expects."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from enerwise.core.time import Instant, to_datetime
from enerwise.serve.api.page import FOLDER

PATIENCE_MS: Final = 15_000
"""A busy machine is no bug."""
HEIGHTS: Final = {1440: 900, 390: 844, 320: 640}
RULES: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
HARMLESS: Final = re.compile(r"Failed to load resource|net::ERR_|EventSource|WebSocket connection")
"""What a browser itself says of requests that fail; tests that cut the network look at the page instead."""


def chromium() -> str | None:
    """Return the browser of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


def lack() -> str | None:
    """Say why no page can be looked at here; None where it can."""
    if chromium() is None:
        return "there is no Chromium on this machine"
    if not (FOLDER / "index.html").is_file():
        return "the page is not built; build it with make page"
    return None


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Start the browser."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--font-render-hinting=none"]
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass(slots=True)
class Visitor:
    """Opens pages, signed in or not, and remembers what went wrong on them."""

    browser: Browser
    known: dict[tuple[str, str], Any] = field(default_factory=dict)
    """Sessions, by server and e-mail."""
    opened: list[BrowserContext] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __call__(
        self,
        url: str,
        path: str = "/",
        *,
        entry: tuple[str, str] | None = None,
        now: Instant | None = None,
        flows: bool = False,
        width: int = 1440,
        theme: str = "light",
        language: str = "en-GB",
        zone: str = "Europe/Berlin",
        works_offline: bool = False,
        prepared: Callable[[Page], object] | None = None,
        goes: bool = True,
        **options: Any,
    ) -> Page:
        """Open a page.

        Args:
            url: The server.
            path: Where to go.
            entry: E-mail and password of who is signed in; None for nobody.
            now: What the browser's clock shows; None for the machine's own.
            flows: Whether that clock runs on, and can be turned by ``page.clock``.
            width: Of the window. [px]
            theme: What the system prefers.
            language: What the person prefers.
            zone: Where the person is.
            works_offline: Whether the worker that keeps the shell may run.
            prepared: Called before anything is loaded.
            goes: Whether to go there at once.
            options: For the browser's context.
        """
        context = self.browser.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            color_scheme=theme,  # type: ignore[arg-type]
            locale=language,
            timezone_id=zone,
            reduced_motion="reduce",
            service_workers="allow" if works_offline else "block",
            storage_state=self.session(url, entry) if entry else None,
            **options,
        )
        self.opened.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._heard(page, said.type, said.text))
        if now is not None and flows:
            page.clock.install(time=to_datetime(now))
        elif now is not None:
            page.clock.set_fixed_time(to_datetime(now))
        if prepared is not None:
            prepared(page)
        if goes:
            page.goto(url + path)
        return page

    def _heard(self, page: Page, kind: str, text: str) -> None:
        if kind == "error" and not HARMLESS.search(text):
            self.errors.append(f"{page.url}: {text}")

    def session(self, url: str, entry: tuple[str, str]) -> Any:
        """Return the cookies of somebody, who signs in once for each server."""
        if (url, entry[0]) not in self.known:
            context = self.browser.new_context()
            answer = context.request.post(
                f"{url}/api/v1/auth/sign-in",
                data={"email": entry[0], "password": entry[1], "code": None},
                headers={"Origin": url},
            )
            assert answer.ok, answer.text()
            self.known[url, entry[0]] = context.storage_state()
            context.close()
        return self.known[url, entry[0]]

    def close(self) -> None:
        """Close what was opened, and complain about errors."""
        for context in self.opened:
            context.close()
        self.opened.clear()
        errors, self.errors = self.errors, []
        assert not errors, errors


def findings(page: Page) -> list[str]:
    """Return what axe finds: rule, how grave, and where."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{each['id']} ({each['impact']}): {node['target']} {node.get('failureSummary', '')}"
        for each in found
        for node in each["nodes"]
    ]


def settled(page: Page, *, is_live: bool = True) -> None:
    """Wait until the page shows what it has: fonts there, no grey shapes, values from the site where it has contact."""
    page.wait_for_load_state("load")
    page.locator("main h1").first.wait_for()
    page.wait_for_function(
        "isLive => document.fonts.status === 'loaded' && !document.querySelector('main .shape')"
        " && !(isLive && document.querySelector('.dot:not([data-is=live])'))",
        arg=is_live,
    )
    # Two frames: what was told last has been painted.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def sideways(page: Page) -> float:
    """Return by how much the page is wider than its window. [px]"""
    return float(page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def downloaded(page: Page, click: Callable[[], None], folder: Path) -> str:
    """Return the text of a file that a click brings."""
    with page.expect_download() as told:
        click()
    path = folder / told.value.suggested_filename
    told.value.save_as(path)
    return path.read_text(encoding="utf-8-sig")
