"""The live view on a terminal, and a few plain lines where there is none."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import isnan
from typing import TYPE_CHECKING, Final, Protocol

from enerwise.core.time import show_local
from enerwise.core.units import show_money, show_power, show_price, show_ratio
from enerwise.serve.console import out, say
from enerwise.serve.watch import Moment, Watch, sparkline
from enerwise.serve.words import mode

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

WIDTH: Final = 96
REST_W: Final = 20.0
BAR_WIDTH: Final = 30
COLOURS: Final = {"Sun": "#F2B50C", "Home": "#838A94", "Battery": "#3A9A6C", "Grid": "#8064E0"}


class Viewer(Protocol):
    """Whoever shows a look."""

    def show(self, moment: Moment) -> None:
        """Show one look."""
        ...


@contextmanager
def viewer(watch: Watch, title: str, *, every: str) -> Iterator[Viewer]:
    """Return the live view of a terminal, or plain lines in a pipe: one a ``day`` or one a ``turn``."""
    console = out()
    if not console.is_terminal:
        yield Lines(watch, every)
        return
    from rich.live import Live

    with Live(console=console, refresh_per_second=4, transient=False) as shown:
        yield Panels(watch, title, shown)


class Lines:
    """One plain line for each day or turn."""

    def __init__(self, watch: Watch, every: str) -> None:
        self._watch, self._every, self._day = watch, every, ""

    def show(self, moment: Moment) -> None:
        local = show_local(moment.at, self._watch.world.site.timezone)
        if self._every == "day" and local[:10] == self._day:
            return
        self._day = local[:10]
        level = f", battery {show_ratio(moment.soc_ratio)} full" if not isnan(moment.soc_ratio) else ""
        say(f"{local}  home {show_power(moment.load_w)}, sun {show_power(abs(moment.sun_w))}{level}. {saved(moment)}.")


class Panels:
    """The live view."""

    def __init__(self, watch: Watch, title: str, live: "Live") -> None:
        self._watch, self._title, self._live = watch, title, live

    def show(self, moment: Moment) -> None:
        self._live.update(picture(self._watch, moment, self._title))


def picture(watch: Watch, moment: Moment, title: str) -> "RenderableType":
    """Return one frame of the live view."""
    from rich import box
    from rich.console import Group
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    zone = watch.world.site.timezone
    rows = Table.grid(padding=(0, 2))
    for width in (9, 20, BAR_WIDTH + 2):
        rows.add_column(no_wrap=True, width=width)
    day = watch.day
    highest = max([1000.0, *(abs(each.load_w) for each in day), *(abs(each.sun_w) for each in day)])
    for name, words, values, top in (
        ("Sun", show_power(abs(moment.sun_w)), [abs(each.sun_w) for each in day], highest),
        ("Home", f"uses {show_power(moment.load_w)}", [each.load_w for each in day], highest),
        ("Battery", battery_words(moment), [each.soc_ratio for each in day], 1.0),
        ("Grid", grid_words(moment), [abs(each.grid_w) for each in day], highest),
    ):
        line = Text(sparkline(_thinned(values), highest=top, width=BAR_WIDTH), style=COLOURS[name])
        rows.add_row(Text(name, style="bold"), words, line)
    rows.add_row(Text("Level", style="bold"), show_ratio(moment.soc_ratio), _level(moment.soc_ratio))
    rows.add_row(
        Text("Price", style="bold"),
        show_price(moment.buy_eur_per_kwh),
        f"sells at {show_price(moment.sell_eur_per_kwh)}",
    )
    body = Group(rows, Text(""), Text(moment.because, style="italic"), Text(f"{saved(moment)}.", style="bold"))
    heading = f"{title} · {show_local(moment.at, zone)} · {mode(moment.mode)}"
    return Panel(body, title=Text(heading), title_align="left", box=box.ROUNDED, width=WIDTH, padding=(1, 2))


def battery_words(moment: Moment) -> str:
    """Write what the battery does without a sign."""
    if abs(moment.battery_w) < REST_W:
        return "waits"
    return f"{'fills' if moment.battery_w > 0 else 'gives'} {show_power(abs(moment.battery_w))}"


def grid_words(moment: Moment) -> str:
    """Write what the connection does without a sign."""
    if not abs(moment.grid_w) >= REST_W:
        return "0 W"
    return f"{'buys' if moment.grid_w > 0 else 'sells'} {show_power(abs(moment.grid_w))}"


def saved(moment: Moment) -> str:
    """Write what was saved so far, with what it is measured against."""
    if moment.saved_eur >= -0.005:
        return f"Saved so far against an idle battery: {show_money(max(0.0, moment.saved_eur))}"
    return f"Behind an idle battery so far: {show_money(-moment.saved_eur)}"


def _level(soc_ratio: float) -> str:
    filled = 0 if isnan(soc_ratio) else round(min(max(soc_ratio, 0.0), 1.0) * BAR_WIDTH)
    return "█" * filled + "░" * (BAR_WIDTH - filled)


def _thinned(values: list[float]) -> list[float]:
    """Return at most as many values as fit: means of neighbours, so that a day grows into the line."""
    size = -(-len(values) // BAR_WIDTH) or 1
    parts = [values[at : at + size] for at in range(0, len(values), size)]
    return [sum(part) / len(part) for part in parts]
