"""Measure the year chart in a browser: first drawn, and how smoothly it moves.

``python dev/year_chart.py [BASE]`` opens Savings at BASE (a running server, or ``npm run mock`` with the page built),
answers its question for a year of measurements with 105 408 five-minute steps in every line, and tells what the page
measured itself. Exit status 1: over budget. Browser tests import ``measure`` and bring their own page.
"""

import json
import shutil
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from math import cos, pi, sin
from typing import Final
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route, sync_playwright

FIRST_DRAW_MOST_MS: Final = 200.0
FRAMES_LEAST_PER_S: Final = 30.0
STEP_S: Final = 300
FRAMES: Final = 60
FIRST: Final = "performance.getEntriesByName('long-chart-first-draw').map(each => each.duration)"
DRAG: Final = """async ([frames, isDragging]) => {
  const chart = document.querySelector(".chart-long");
  const box = chart.getBoundingClientRect();
  const point = (type, share) => chart.dispatchEvent(new PointerEvent(type, {
    bubbles: true, button: 0, pointerId: 1,
    clientX: box.left + box.width * share, clientY: box.top + box.height / 2 }));
  chart.setPointerCapture = () => undefined;
  performance.clearMeasures("long-chart-draw");
  const began = performance.now();
  if (isDragging) point("pointerdown", 0.8);
  for (let k = 0; k < frames; k++) {
    await new Promise(requestAnimationFrame);
    if (isDragging) point("pointermove", 0.8 - (0.6 * k) / frames);
  }
  const took = performance.now() - began;
  if (isDragging) point("pointerup", 0.2);
  const draws = performance.getEntriesByName("long-chart-draw").map((each) => each.duration).sort((a, b) => a - b);
  return [(1000 * frames) / took, draws[Math.floor(draws.length / 2)] ?? 0, draws.length];
}"""


@dataclass(frozen=True, slots=True)
class YearChart:
    """What was measured."""

    point_count: int
    line_count: int
    first_draw_ms: float
    pan_draw_ms: float
    """Of the middle one of all repaints."""
    pan_frames_per_s: float
    idle_frames_per_s: float
    """What the browser reaches here when nothing moves."""

    @property
    def is_within_budget(self) -> bool:
        """Whether it is drawn and moved as fast as promised."""
        return self.first_draw_ms < FIRST_DRAW_MOST_MS and self.pan_frames_per_s >= FRAMES_LEAST_PER_S


def measure(page: Page, base: str, query: str = "long=year") -> YearChart:
    """Open the year chart of a signed-in page on a year that is not reduced, drag it, and return what it took."""
    sizes: list[tuple[int, int]] = []
    page.route("**/series?*", lambda route: sizes.append(_answer(route)))
    page.goto(f"{base}/savings?{query}")
    page.wait_for_function(f"{FIRST}.length > 0", timeout=30_000)
    chart = page.locator(".chart-long")
    chart.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    first_ms = float(page.evaluate(FIRST)[0])
    page.locator(".chart-moves button").nth(2).click()
    page.wait_for_timeout(800)
    idle, _, _ = page.evaluate(DRAG, [FRAMES, False])
    moving, draw_ms, draw_count = page.evaluate(DRAG, [FRAMES, True])
    assert draw_count >= FRAMES // 2, f"only {draw_count} repaints for {FRAMES} moves"
    return YearChart(*sizes[0], round(first_ms, 1), round(draw_ms, 1), round(moving, 1), round(idle, 1))


def _answer(route: Route) -> tuple[int, int]:
    asked = parse_qs(urlsplit(route.request.url).query)
    start, end = (datetime.fromisoformat(asked[each][0]) for each in ("from", "to"))
    count = int((end - start).total_seconds() // STEP_S)
    times = [
        (start + timedelta(seconds=STEP_S * k)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for k in range(count)
    ]
    columns = {key: _line(place, count) for place, key in enumerate(asked["key"])}
    told = {"step_s": STEP_S, "start_utc": times, "columns": columns, "quality": {}, "times": {}}
    route.fulfill(body=json.dumps(told), content_type="application/json")
    return count, len(columns)


def _line(place: int, count: int) -> list[float]:
    day = [sin(2 * pi * k / 288 * (1 + place % 2)) for k in range(288)]
    return [round(1500 * day[k % 288] * (1.2 + cos(k / 16_000)) + (k * 7919 + place) % 600, 1) for k in range(count)]


def main() -> int:
    """Measure on a page of one's own."""
    base = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8600"
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        found = measure(browser.new_page(viewport={"width": 1440, "height": 900}, service_workers="block"), base)
        browser.close()
    print(json.dumps(asdict(found)))
    return 0 if found.is_within_budget else 1


if __name__ == "__main__":
    sys.exit(main())
