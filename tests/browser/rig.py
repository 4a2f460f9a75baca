"""Browsers and pages: opened with who, where, when and how it looks, and looked at for errors that nobody expects.

A page that is opened as another was before comes from the same context, emptied of all but what its browser has loaded
already: code is fetched and compiled once. Whoever needs an untouched browser, or changes it, gets one.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
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


AS_ELSEWHERE: Final = """
  if (window.Notification?.permission === 'denied')
    Object.defineProperty(Notification, 'permission', { get: () => 'default' });
"""
"""A browser without windows has denied messages before anybody was asked; every other one has not been asked yet."""
KEPT_OUT: Final = "local_storage,indexeddb,cache_storage,service_workers,file_systems,websql"
"""What pages leave behind and the next one must not find."""


def chromium() -> str | None:
    """Return the browser of this machine; the shell draws the same pages for half of the work."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
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


@dataclass(frozen=True, slots=True)
class Manner:
    """All that one context has in common for the pages in it."""

    url: str
    entry: tuple[str, str] | None
    now: Instant | None
    language: str
    zone: str


@dataclass(slots=True)
class Visitor:
    """Opens pages, signed in or not, and remembers what went wrong on them."""

    browser: Browser
    known: dict[tuple[str, str], Any] = field(default_factory=dict)
    """Sessions, by server and e-mail."""
    opened: list[tuple[Manner | None, BrowserContext]] = field(default_factory=list)
    """What is open, and in which manner it may be opened again."""
    free: dict[Manner, BrowserContext] = field(default_factory=dict)
    """Emptied, to be used again."""
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
        manner = Manner(url, entry, now, language, zone)
        is_alone = entry is None or flows or works_offline or bool(options)
        context = None if is_alone else self.free.pop(manner, None)
        if context is None:
            context = self._context(manner, "allow" if works_offline else "block", flows=flows, **options)
        self.opened.append((None if is_alone else manner, context))
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 900)})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._heard(page, said.type, said.text))
        if prepared is not None:
            prepared(page)
        if goes:
            page.goto(url + path)
        return page

    def _context(self, manner: Manner, workers: Any, *, flows: bool, **options: Any) -> BrowserContext:
        context = self.browser.new_context(
            locale=manner.language,
            timezone_id=manner.zone,
            service_workers=workers,
            storage_state=self.session(manner.url, manner.entry) if manner.entry else None,
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(AS_ELSEWHERE)
        if manner.now is not None and flows:
            context.clock.install(time=to_datetime(manner.now))
        elif manner.now is not None:
            context.clock.set_fixed_time(to_datetime(manner.now))
        return context

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
        for manner, context in self.opened:
            if manner is None or manner in self.free:
                context.close()
            else:
                self._emptied(manner, context)
                self.free[manner] = context
        self.opened.clear()
        errors, self.errors = self.errors, []
        assert not errors, errors

    def _emptied(self, manner: Manner, context: BrowserContext) -> None:
        """Forget all that pages have left behind, except what the network brought."""
        for each in context.pages:
            each.close()
        page = context.new_page()
        asked = {"origin": manner.url, "storageTypes": KEPT_OUT}
        context.new_cdp_session(page).send("Storage.clearDataForOrigin", asked)
        page.close()
        context.unroute_all()
        context.set_offline(False)
        context.clear_cookies()
        assert manner.entry is not None
        context.add_cookies(self.session(manner.url, manner.entry)["cookies"])


def findings(page: Page) -> list[str]:
    """Return what axe finds: rule, how grave, and where."""
    script = "" if page.evaluate("() => 'axe' in window") else AXE_SCRIPT
    found = Axe(script).run(page, options=RULES).response["violations"]
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
        "isLive => document.fonts.status === 'loaded' && !document.querySelector('main .shape, main [aria-busy=true]')"
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
