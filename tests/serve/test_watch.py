"""Does watching a world count what it saves, and does the view say it without signs?"""

from io import StringIO

import pytest
from rich.console import Console

from enerwise.core.time import instant
from enerwise.run.loop import play
from enerwise.run.world import simulated
from enerwise.serve.generated import generate, keep_history
from enerwise.serve.live import battery_words, grid_words, picture, saved
from enerwise.serve.sites import with_step
from enerwise.serve.watch import Moment, Watch, sparkline
from enerwise.store.memory import MemoryStore
from tests.builders import BERLIN, a_site


def watched(mode: str) -> tuple[Watch, list[Moment]]:
    site = with_step(a_site(), 3600, mode)
    home = generate(site, instant("2024-06-03", BERLIN), step_s=3600, seed=1, days=1)
    store = MemoryStore()
    keep_history(store, home, site)
    watch = Watch(simulated(site, home.supply(), store, seed=1))
    moments: list[Moment] = []
    play(watch.world, 24, progress=lambda turn: moments.append(watch.look(turn)))
    return watch, moments


def test_idle_battery_saves_nothing() -> None:
    _, moments = watched("passive")
    assert [each.saved_eur for each in moments] == pytest.approx([0.0] * 24, abs=1e-9)


def test_self_consumption_saves_something_and_the_view_says_so() -> None:
    watch, moments = watched("self_consumption")
    assert moments[-1].saved_eur > 0.2
    assert len(watch.day) == 24
    screen = StringIO()
    Console(file=screen, width=110).print(picture(watch, moments[-1], "Home"))
    assert "Saved so far against an idle battery" in screen.getvalue()
    assert "self-consumption" in screen.getvalue()


def a_moment(battery_w: float = 0.0, load_w: float = 500.0, saved_eur: float = 0.0) -> Moment:
    return Moment(instant("2024-06-03"), load_w, 0.0, battery_w, 0.5, 0.3, 0.08, "passive", "Because.", saved_eur)


def test_words_give_the_direction() -> None:
    assert battery_words(a_moment(1200.0)) == "fills 1.20 kW"
    assert battery_words(a_moment(-900.0)) == "gives 900 W"
    assert battery_words(a_moment(5.0)) == "waits"
    assert grid_words(a_moment(-900.0)) == "sells 400 W"
    assert grid_words(a_moment(100.0)) == "buys 600 W"
    assert saved(a_moment(saved_eur=-0.5)) == "Behind an idle battery so far: 0.50 EUR"


def test_sparkline_keeps_to_its_width() -> None:
    assert sparkline([0.0, 1.0], highest=1.0, width=1) == "█"
    assert sparkline([float("nan"), 5.0], highest=1.0, width=9) == "▁█"
