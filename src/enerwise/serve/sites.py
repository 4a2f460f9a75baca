"""Site files on disk: read with their price files, and remembered in a store so that `why` knows the house."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enerwise.core.errors import Problem, ProblemsFound, UnitError

if TYPE_CHECKING:
    from enerwise.core.time import Instant, TimeGrid
    from enerwise.site.site import Site
    from enerwise.site.tariff import PriceSeries, Tariff
    from enerwise.store.store import Store

SITE: Final = "site"
"""Kind of the blobs that hold a site file, and where it lay."""
FILE: Final = "file"
FOLDER: Final = "folder"
LARGEST_BYTES: Final = 1_000_000


def run_folder(path: Path) -> Path:
    """Return the folder beside a site file where a running site keeps its sockets and its memory."""
    return path.with_suffix(".run")


def read_text(path: Path) -> str:
    """Return a text file that a person wrote.

    Raises:
        ProblemsFound: It is not there, too large, or no text.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ProblemsFound(str(path), [Problem(path.name, "is larger than 1 MB", "name the site file")])
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ProblemsFound(str(path), [Problem(path.name, "is no text", "name a file in UTF-8")]) from None
    except OSError as error:
        raise ProblemsFound(str(path), [_cannot_open(path, error)]) from None


def _cannot_open(path: Path, error: OSError) -> Problem:
    if not isinstance(error, FileNotFoundError):
        return Problem(path.name, f"cannot be read: {error.strerror or error}", "check the path and its rights")
    near = sorted(each.name for each in path.parent.glob("*.yaml")) if path.parent.is_dir() else []
    there = f"there are {', '.join(near[:5])}" if near else "`enerwise init` writes a first one"
    return Problem(path.name, "there is no such file", f"check the path; {there}")


def read_site_file(path: Path) -> "Site":
    """Return the site of a file; price files are looked for beside it.

    Raises:
        ProblemsFound: Everything wrong with it.
    """
    from enerwise.site.read import read_site

    text = read_text(path)
    return read_site(text, source=str(path), load_prices=partial(_prices, path.parent, zone_of(text)))


def _prices(folder: Path, zone: str, name: str) -> "PriceSeries":
    from enerwise.store.files import read_prices

    path = folder / name
    if not path.is_file():
        raise FileNotFoundError(2, "there is no such file", str(path))
    return read_prices(path, zone=zone)


def zone_of(text: str) -> str:
    """Return the time zone that a site file names, UTC where it names none."""
    from enerwise.core.time import zone_info
    from enerwise.site.document import parse_document

    data = parse_document(text).data
    zone = data.get("timezone") if isinstance(data, dict) else None
    try:
        zone_info(str(zone))
    except UnitError:
        return "UTC"
    return str(zone)


def remember(store: "Store", site_text: str, folder: Path, at: "Instant") -> None:
    """Keep the site file in a store."""
    store.put(SITE, FILE, site_text.encode(), at)
    store.put(SITE, FOLDER, str(folder.resolve()).encode(), at)
    store.flush()


def recall(store: "Store") -> "Site | None":
    """Return the site that a store remembers, None where it remembers none; a lost price file leaves prices unknown."""
    from enerwise.site.read import read_site

    text, folder = store.get(SITE, FILE), store.get(SITE, FOLDER)
    if text is None:
        return None
    place, written = Path((folder or b".").decode()), text.decode()

    def prices(name: str) -> "PriceSeries":
        try:
            return _prices(place, zone_of(written), name)
        except (OSError, ProblemsFound):
            return _unknown_prices()

    from enerwise.run.feeds import EVER, fed

    site = read_site(written, source="site file in the store", load_prices=prices)
    return replace(site, tariff=fed(site.tariff, store, *EVER))


def _unknown_prices() -> "PriceSeries":
    import numpy as np

    from enerwise.core.time import instant
    from enerwise.site.tariff import PriceSeries

    start_utc = np.array([instant(0)])
    return PriceSeries(start_utc, np.array([np.nan]), 3600, start_utc)


def with_step(site: "Site", step_s: int, mode: str | None = None) -> "Site":
    """Return the site with another planning step, and another mode where one is named."""
    control = site.control
    horizon_s = max(control.horizon_s, step_s)
    return replace(site, control=replace(control, step_s=step_s, horizon_s=horizon_s, mode=mode or control.mode))


def _only_fed(tariff: "Tariff") -> Iterator[Problem]:
    """Yield rates that only a running site knows."""
    for way, rate in (("import", tariff.import_rate), ("export", tariff.export_rate)):
        if rate.feed and rate.series is None:
            remedy = "write prices of the past in its place, such as 'file: prices.csv', in a copy of the site file"
            yield Problem(f"tariff.{way}.feed", f"{rate.feed!r} tells prices only while the site runs", remedy)


def check_prices(site: "Site", grid: "TimeGrid", remedy: str, *, may_feed: bool = False) -> None:
    """Complain where a tariff has no price for some step of a span; ``may_feed`` where feeds tell them later.

    Raises:
        ProblemsFound: Naming each way, how many steps, and the first of them.
    """
    import numpy as np

    from enerwise.core.time import show_local

    rates = {"import": site.tariff.import_eur_per_kwh, "export": site.tariff.export_eur_per_kwh}
    problems = [] if may_feed else list(_only_fed(site.tariff))
    for way, rate in rates.items():
        missing = np.flatnonzero(np.isnan(rate(grid, site.timezone)))
        if missing.size:
            first = show_local(grid.part(int(missing[0]), 1).start_utc, site.timezone)
            message = f"has no price for {missing.size} of {grid.step_count} steps, the first at {first}"
            problems.append(Problem(f"tariff.{way}", message, remedy))
    if problems:
        raise ProblemsFound(site.name, problems)
