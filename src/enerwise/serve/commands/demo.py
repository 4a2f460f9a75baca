"""`enerwise demo`: a generated home through a week at high speed, then what it saved."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import elapsed_s, instant
from enerwise.run.backtest import STRATEGIES, BacktestResult, backtest
from enerwise.run.cycle import Turn
from enerwise.run.loop import play
from enerwise.run.world import simulated
from enerwise.serve.commands import backtest as past
from enerwise.serve.commands.init import Answers, site_text
from enerwise.serve.console import out, say
from enerwise.serve.files import write_text
from enerwise.serve.generated import HISTORY_DAYS, START_SOC_RATIO, Generated, generate, keep_history
from enerwise.serve.live import viewer
from enerwise.serve.results import a_time
from enerwise.serve.sites import remember
from enerwise.serve.stores import fresh_store
from enerwise.serve.watch import Watch
from enerwise.site.read import read_site
from enerwise.site.site import Site
from enerwise.store.memory import MemoryStore

FOLDER: Final = "enerwise-demo/week"
NAME: Final = "Demo home"
START: Final = "2024-03-11"
"""A Monday between winter and summer: some sun, and something to plan."""
SEED: Final = 3
WEEK_S: Final = 25.0
"""How long the demo week takes on a terminal."""


def demo(day_count: float, speed: float | None, folder: Path) -> None:
    """Run the demo home and print what it saved.

    Args:
        day_count: Days to simulate.
        speed: Simulated seconds per second; None is a pace for people on a terminal, 0 as fast as it goes.
        folder: Where site file, picture, numbers and store are left.
    """
    if day_count < 1:
        raise ProblemsFound("--days", [Problem("--days", f"{day_count:g} is too short", "write 1 day or more")])
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        remedy = "name another folder with --out"
        raise ProblemsFound("--out", [Problem(str(folder), error.strerror or "cannot be made", remedy)]) from None
    text = site_text(Answers(name=NAME), "home", Path("home.yaml")) + "\n"
    write_text(folder / "home.yaml", text)
    site = read_site(text, source="demo home")
    home = generate(site, instant(START, site.timezone), step_s=site.control.step_s, seed=SEED, days=day_count)
    say("This is a demo: the home is generated and its devices are simulated. Nothing real is moved.")
    _watch(site, home, _pace(speed, day_count))
    say(f"\nThe same {day_count:g} days under every strategy:")
    result = _compare(site, home, text, folder)
    past.show(result)
    past.write(result, past.Files(json=folder / "savings.json", plot=folder / "savings.svg"))
    say(f"Picture:  {folder / 'savings.svg'}")
    say(f"Numbers:  {folder / 'savings.json'}")
    say(f'Ask why:  enerwise why "{a_time(result.grid, site.timezone)}" --store {folder / "demo.db"}')


def _watch(site: Site, home: Generated, pace: Callable[[Turn], None]) -> None:
    store = MemoryStore()
    keep_history(store, home, site)
    world = simulated(site, home.supply(), store, seed=SEED, start_soc_ratio=START_SOC_RATIO)
    watch = Watch(world)
    with viewer(watch, f"{site.name} (simulated)", every="day") as shown:

        def look(turn: Turn) -> None:
            shown.show(watch.look(turn))
            pace(turn)

        play(world, home.ahead.step_count, progress=look)


def _pace(speed: float | None, day_count: float) -> Callable[[Turn], None]:
    """Return what holds a run back to its speed; a run that is slower than that is left alone."""
    if speed is None:
        speed = day_count * 86_400 / WEEK_S if out().is_terminal else 0.0
    if speed <= 0:
        return lambda turn: None
    began: list[tuple[Turn, float]] = []

    def hold(turn: Turn) -> None:
        began[1:] = []
        if not began:
            began.append((turn, elapsed_s()))
        simulated_s = float((turn.now - began[0][0].now).astype("int64")) / 1e3
        time.sleep(max(0.0, min(1.0, simulated_s / speed - (elapsed_s() - began[0][1]))))

    return hold


def _compare(site: Site, home: Generated, text: str, folder: Path) -> BacktestResult:
    with past.bars(STRATEGIES) as told, fresh_store(folder / "demo.db", "demo", home.grid.start_utc) as store:
        remember(store, text, folder, home.grid.start_utc)
        return backtest(site, home.frame, warmup_days=HISTORY_DAYS, store=store, progress=told)
