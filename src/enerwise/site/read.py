"""Site file -> `Site`, or the whole list of problems: text comes in, a site goes out, no file is touched here.

All problems are found in one reading: those of form (`document`), of values (`entries`), of names that occur twice and
of price files. Each says where, what, and what to do.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from enerwise.core.errors import EnerwiseError, Problem, ProblemsFound, UnitError
from enerwise.site.aim_entries import aim_findings
from enerwise.site.circuit_entries import circuit_findings
from enerwise.site.document import Path, Raw, parse_document, positions, value_at
from enerwise.site.entries import ASSET_ENTRIES, SiteEntry, demand_name
from enerwise.site.entry import Entry
from enerwise.site.heat_pump_entry import zone_findings, zone_paths
from enerwise.site.site import GRID, WEATHER, Site
from enerwise.site.tariff import PriceSeries
from enerwise.site.values import HAS_CALENDAR, Wrong, suggestion
from enerwise.site.ventilation_entry import ventilation_findings
from enerwise.site.wiring import FEED, INTERLOCKS

LoadPrices = Callable[[str], PriceSeries]
RATES: Final = ("import", "export")
OTHER_FILES: Final = {
    "homes": ("is one of a community", "play it with `enerwise community simulate`, or give the file of a site"),
    "participants": ("is one of a market", "give it to `enerwise run SITE --market`, or give the file of a site"),
}
"""By a key that stands in no site file: what a file is instead, and what is done with it."""


def read_site(text: str, *, source: str = "site file", load_prices: LoadPrices | None = None) -> Site:
    """Read a site file.

    Args:
        text: YAML as `enerwise init` writes it.
        source: What to call the file in a report.
        load_prices: Reads the price file that a rate names, by the path written there; it may raise `EnerwiseError` or
            `OSError`. Without it a rate from a file is a problem.

    Raises:
        ProblemsFound: Something is wrong; all of it is reported, each with place and remedy.
    """
    reading = _read(text, load_prices)
    if reading.problems or reading.entry is None:
        raise ProblemsFound(source, reading.problems)
    return reading.entry.site(reading.files)


def find_problems(text: str, *, load_prices: LoadPrices | None = None) -> list[Problem]:
    """Return everything wrong with a site file, in the order of its lines; empty where `read_site` would succeed."""
    return list(_read(text, load_prices).problems)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one look at a file found."""

    entry: SiteEntry | None
    files: Mapping[str, PriceSeries]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Finding:
    """One thing wrong with a value, before its line is known."""

    path: Path
    message: str
    remedy: str = ""


def _read(text: str, load_prices: LoadPrices | None) -> _Reading:
    document = parse_document(text)
    if document.data is None:
        empty = Problem("the file", "is empty", "run `enerwise init` for a first site file")
        return _Reading(None, {}, tuple(problem for _, problem in document.problems) or (empty,))
    if strange := _another_file(document.data):
        return _Reading(None, {}, (strange,))
    entry, findings = _entry(document.data)
    files, missing = _files(document.data, load_prices)
    lines = [*document.problems]
    data = document.data
    found = (*circuit_findings(data), *aim_findings(data), *zone_findings(data), *ventilation_findings(data))
    drawn = [_Finding(*each) for each in found]
    for each in (*findings, *_repeated(data), *_unserved(data), *_unfed(data), *drawn, *missing):
        lines.append((document.line_of(each.path), Problem(document.place(each.path), each.message, each.remedy)))
    lines.sort(key=lambda line: line[0])
    return _Reading(entry, files, tuple(problem for _, problem in lines))


def _another_file(data: Raw) -> Problem | None:
    """Say what a file is that is none of a site."""
    keys = set(data) if isinstance(data, dict) else set()
    key = next((each for each in OTHER_FILES if each in keys and "assets" not in keys), None)
    return Problem("the file", *OTHER_FILES[key]) if key else None


# ---------------------------------------------------------------------------------------------------------------
# Values


def _entry(data: Raw) -> tuple[SiteEntry | None, list[_Finding]]:
    try:
        context = {HAS_CALENDAR: bool(value_at(data, "country") or value_at(data, "tariff", "holidays"))}
        return SiteEntry.model_validate(data, context=context), []
    except ValidationError as error:
        return None, [_finding(each, data) for each in error.errors(include_url=False)]


def _finding(error: ErrorDetails, data: Raw) -> _Finding:
    """Say in people's words what pydantic found."""
    path = _written_path(error["loc"], data)
    value, message, remedy = error["input"], error["msg"], ""
    match error["type"], error.get("ctx", {}).get("error"):
        case _, Wrong() as wrong:
            message, remedy = wrong.message, wrong.remedy
        case _, UnitError() as wrong:
            message, remedy = f"{wrong.value!r} cannot be read", wrong.remedy
        case "missing", _:
            message, remedy = "is missing", _example("add", path, data)
        case "extra_forbidden", _:
            return _Finding(path, "is not known here", _closest(path, data))
        case ("union_tag_not_found", _) if isinstance(value, dict):
            path = (*path, "kind")
            message, remedy = "is missing", f"add 'kind: load', one of {', '.join(ASSET_ENTRIES)}"
        case "union_tag_invalid", _:
            kind = value_at(value, "kind")
            path, message = (*path, "kind"), f"{kind!r} is not one of {', '.join(ASSET_ENTRIES)}"
            remedy = suggestion(str(kind), tuple(ASSET_ENTRIES))
        case "too_short", _:
            message, remedy = "is an empty list", _example("write", path, data)
        case "list_type", _:
            message, remedy = f"{_shown(value)} is not a list", _example("write", path, data)
        case (("model_type" | "model_attributes_type" | "union_tag_not_found"), _):
            entry = _entry_at(path, data)
            remedy = f"write keys out of {', '.join(entry.fields())}" if entry else "write {id: home, kind: load}"
            message = f"{_shown(value)} is not a set of keys with values"
    if value is None:
        message, remedy = "has no value", _example("write", path, data)
    return _Finding(path, message, remedy)


def _written_path(loc: tuple[int | str, ...], data: Raw) -> Path:
    """Return the path as written: without the kind that pydantic adds, and without keys made from a plain text."""
    loc = loc[:2] + loc[3:] if loc[:1] == ("assets",) and len(loc) > 2 else loc
    for size in range(len(loc)):
        if isinstance(value_at(data, *loc[:size]), str):
            return loc[:size]
    return loc


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _example(verb: str, path: Path, data: Raw) -> str:
    """Return the remedy for a key without a value: an example of it."""
    parent, key = _entry_at(path[:-1], data), path[-1] if path else ""
    field = parent.fields().get(str(key)) if parent else None
    examples = field.examples if field else None
    return f"{verb} '{key}: {examples[0]}'" if examples else "write a value, or delete the line"


def _closest(path: Path, data: Raw) -> str:
    parent = _entry_at(path[:-1], data)
    known = list(parent.fields()) if parent else []
    return suggestion(str(path[-1]), known) or f"delete it, or use one of {', '.join(known)}"


def _entry_at(path: Path, data: Raw) -> type[Entry] | None:
    """Return the model of the part of the file at ``path``, None where the file has a value or an unknown asset."""
    entry: type[Entry] | None = SiteEntry
    if path[:1] == ("assets",) and len(path) > 1:
        entry, path = ASSET_ENTRIES.get(str(value_at(data, *path[:2], "kind"))), path[2:]
    for step in path:
        if isinstance(step, int) or entry is None:
            continue
        field = entry.fields().get(step)
        entry = None if field is None else _entry_in(field.annotation)
    return entry


def _entry_in(annotation: Any) -> type[Entry] | None:
    if isinstance(annotation, type) and issubclass(annotation, Entry):
        return annotation
    if get_origin(annotation) in (list, Union, UnionType, Annotated):
        return next((found for each in get_args(annotation) if (found := _entry_in(each))), None)
    return None


# ---------------------------------------------------------------------------------------------------------------
# Names and files


def _repeated(data: Raw) -> Iterator[_Finding]:
    """Yield ids and names that occur twice; looked at in the raw file, so that other problems hide none."""
    assets = [(("assets", at, "id"), value_at(data, "assets", at, "id")) for at in positions(data, "assets")]
    demand = [
        (("tariff", "demand", at, "name"), value_at(data, "tariff", "demand", at, "name") or demand_name(at))
        for at in positions(data, "tariff", "demand")
    ]
    devices = [(("devices", at, "id"), value_at(data, "devices", at, "id")) for at in positions(data, "devices")]
    zones = [(("assets", *each, "id"), value_at(data, "assets", *each, "id")) for each in zone_paths(data)]
    for group in (assets + zones, demand, devices):
        seen: set[str] = set()
        for path, name in group:
            if isinstance(name, str) and name.strip() in seen:
                yield _Finding(path, f"{name!r} is the name of one before it", "choose another name")
            seen |= {name.strip()} if isinstance(name, str) else set()


def _unserved(data: Raw) -> Iterator[_Finding]:
    """Yield what devices serve and the site has not."""
    assets = {str(value_at(data, "assets", at, "id")) for at in positions(data, "assets")}
    assets |= {str(value_at(data, "assets", *each, "id")) for each in zone_paths(data)}
    assets |= {str(value_at(data, "circuits", at, "meter")) for at in positions(data, "circuits")} - {"None"}
    assets |= {GRID, WEATHER, *INTERLOCKS}
    for at in positions(data, "devices"):
        serves = value_at(data, "devices", at, "serves")
        for role, asset in serves.items() if isinstance(serves, dict) else ():
            if isinstance(asset, str) and asset.strip() not in assets:
                remedy = suggestion(asset.strip(), sorted(assets)) or f"write one of {', '.join(sorted(assets))}"
                yield _Finding(("devices", at, "serves", role), f"{asset!r} is no asset of this site", remedy)


def _unfed(data: Raw) -> Iterator[_Finding]:
    """Yield rates whose feed is no device that tells such prices."""
    for rate in RATES:
        feed = value_at(data, "tariff", rate, "feed")
        if not isinstance(feed, str):
            continue
        ids = {str(value_at(data, "devices", at, "id")).strip(): at for at in positions(data, "devices")}
        at = ids.get(feed.strip())
        serves = None if at is None else value_at(data, "devices", at, "serves")
        path: Path = ("tariff", rate, "feed")
        if at is None or value_at(data, "devices", at, "driver") != FEED:
            device = f"{{id: {feed.strip()}, driver: feed, profile: awattar, ..., serves: {{{rate}: grid}}}}"
            remedy = f"add {device} to the devices"
            yield _Finding(path, f"{feed!r} is no feed among the devices", remedy)
        elif not isinstance(serves, dict) or rate not in serves:
            yield _Finding(path, f"{feed!r} tells no price for {rate}", f"add '{rate}: grid' to what it serves")


def _files(data: Raw, load_prices: LoadPrices | None) -> tuple[dict[str, PriceSeries], list[_Finding]]:
    """Read every price file once; what goes wrong in a file is a problem of the line that names it."""
    files: dict[str, PriceSeries] = {}
    findings: list[_Finding] = []
    for rate in RATES:
        path: Path = ("tariff", rate, "file")
        name = value_at(data, *path)
        if not isinstance(name, str) or name.strip() in files:
            continue
        if load_prices is None:
            findings.append(_Finding(path, f"{name!r} cannot be read here", "write the prices into the site file"))
            continue
        try:
            files[name.strip()] = load_prices(name.strip())
        except ProblemsFound as error:
            findings += [_Finding(path, f"{each.place}: {each.message}", each.remedy) for each in error.problems]
        except EnerwiseError as error:
            findings.append(_Finding(path, f"{name!r} cannot be read: {error}", "correct that file"))
        except OSError as error:
            why = error.strerror or type(error).__name__
            findings.append(
                _Finding(path, f"{name!r} cannot be read: {why}", "write the path as seen from the site file")
            )
    return files, findings
