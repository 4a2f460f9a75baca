"""Market file -> `Facts`, or the whole list of problems; text comes in, files are opened elsewhere."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from enerwise.core.errors import Problem, ProblemsFound, UnitError
from enerwise.core.units import SECONDS_PER_HOUR
from enerwise.market.mechanism import Mechanism, mechanism
from enerwise.market.network import PPM, Line, both_ways
from enerwise.market.product import product
from enerwise.run.community_market import field_names
from enerwise.run.venue_entries import MarketEntry
from enerwise.run.venue_facts import Facts
from enerwise.site.document import Document, Path, parse_document
from enerwise.site.values import Wrong, suggestion

RETAIL: Final = frozenset({"retail_ueur_per_kwh", "feed_in_ueur_per_kwh"})
"""Numbers of rules that let a supplier fill what neighbours cannot."""


def read_market(text: str, *, source: str = "market file") -> Facts:
    """Read a market file.

    Raises:
        ProblemsFound: Something is wrong; all of it is reported, each with place and remedy.
    """
    document = parse_document(text)
    if document.data is None:
        empty = Problem("the file", "is empty", "copy examples/market.yaml for a first one")
        raise ProblemsFound(source, [problem for _, problem in document.problems] or [empty])
    entry, found = _entry(document)
    found += [] if entry is None else list(_contradictions(entry, document))
    if lines := [*document.problems, *found]:
        raise ProblemsFound(source, [problem for _, problem in sorted(lines, key=lambda line: line[0])])
    assert entry is not None
    return _facts(entry, _rule(entry))


def _entry(document: Document) -> tuple[MarketEntry | None, list[tuple[int, Problem]]]:
    try:
        return MarketEntry.model_validate(document.data, context={}), []
    except ValidationError as error:
        return None, [_told(document, each) for each in error.errors(include_url=False)]


def _told(document: Document, error: ErrorDetails) -> tuple[int, Problem]:
    """Say in people's words what pydantic found."""
    match error["type"], error.get("ctx", {}).get("error"):
        case _, Wrong() as wrong:
            return _problem(document, error["loc"], wrong.message, wrong.remedy)
        case _, UnitError() as wrong:
            return _problem(document, error["loc"], f"{wrong.value!r} cannot be read", wrong.remedy)
        case "missing", _:
            return _problem(document, error["loc"], "is missing", f"add '{error['loc'][-1]}: ...'")
        case "extra_forbidden", _:
            word = str(error["loc"][-1])
            remedy = suggestion(word, list(MarketEntry.fields())) or "delete it, or look at docs/guides/market.md"
            return _problem(document, error["loc"], "is not known here", remedy)
        case _:
            return _problem(document, error["loc"], error["msg"], "look at docs/guides/market.md")


def _contradictions(entry: MarketEntry, document: Document) -> Iterator[tuple[int, Problem]]:
    """Yield what is wrong though each value is right."""
    for key in ("id", "site"):
        seen: dict[str, int] = {}
        for at, each in enumerate(entry.participants):
            word = getattr(each, key)
            if word is not None and seen.setdefault(word, at) != at:
                told = f"{word!r} is that of participant {seen[word] + 1} as well"
                yield _problem(document, ("participants", at, key), told, "give each its own")
    for at, each in enumerate(entry.participants):
        try:
            each.party(entry.limits, entry.connection, entry.areas)
        except Wrong as wrong:
            yield _problem(document, ("participants", at), wrong.message, wrong.remedy)
    yield from _rule_problems(entry, document)


def _rule_problems(entry: MarketEntry, document: Document) -> Iterator[tuple[int, Problem]]:
    known = field_names(mechanism(entry.mechanism))
    if "cables" in known:
        told = f"{entry.mechanism!r} needs the cables of a mesh, which a market file does not tell"
        yield _problem(document, ("mechanism",), told, "use area, with lines")
        return
    yield from _area_problems(entry, document)
    yield from _supplier_problems(entry, document, fills_all=known >= RETAIL)
    if entry.lines and "lines" not in known:
        told = f"the rule {entry.mechanism} looks at no lines"
        yield _problem(document, ("lines",), told, "write 'mechanism: area', or delete them")
    try:
        _rule(entry)
    except (TypeError, ValueError) as error:
        place = ("supplier",) if entry.supplier and not entry.settings else ("settings",)
        yield _problem(document, place, str(error), "see: enerwise market mechanisms")


def _area_problems(entry: MarketEntry, document: Document) -> Iterator[tuple[int, Problem]]:
    named: list[tuple[Path, str | None]] = [
        *((("participants", at, "area"), each.area) for at, each in enumerate(entry.participants)),
        *((("lines", at, key), end) for at, each in enumerate(entry.lines)
          for key, end in zip(("from", "to"), each.ends(), strict=True)),
    ]  # fmt: skip
    for path, area in named:
        if area is not None and area not in entry.areas:
            remedy = f"use one of {', '.join(entry.areas)}" if entry.areas else f"add 'areas: [{area}]'"
            yield _problem(document, path, f"there is no area {area!r}", remedy)
    for at, each in enumerate(entry.lines):
        if each.from_ == each.to:
            yield _problem(document, ("lines", at), f"leads from {each.to!r} to itself", "let it join two areas")


def _supplier_problems(entry: MarketEntry, document: Document, *, fills_all: bool) -> Iterator[tuple[int, Problem]]:
    if fills_all and entry.supplier is None and not entry.settings.keys() >= RETAIL:
        told = f"is missing: the rule {entry.mechanism} lets a supplier fill what neighbours cannot"
        remedy = "add 'supplier: {import: 0.32 EUR/kWh, export: 0.08 EUR/kWh}'"
        yield _problem(document, ("supplier",), told, remedy)
    if entry.supplier is not None and not fills_all:
        told = f"the rule {entry.mechanism} lets no supplier fill orders"
        yield _problem(document, ("supplier",), told, "delete it, or use mid_market or supply_demand")


def _rule(entry: MarketEntry) -> Mechanism:
    """Return the rule, with the supplier's prices and the lines where it knows of them."""
    made: Any = mechanism(entry.mechanism)
    known, settings = field_names(made), dict[str, Any](entry.settings)
    if entry.supplier is not None and known >= RETAIL:
        settings |= entry.supplier.settings()
    if entry.lines and "lines" in known:
        settings["lines"] = _lines(entry)
    rule: Mechanism = replace(made, **settings)
    return rule


def _lines(entry: MarketEntry) -> tuple[Line, ...]:
    step_h = product(entry.product).length_s / SECONDS_PER_HOUR
    areas = entry.areas
    return tuple(
        line
        for each in entry.lines
        if {*each.ends()} <= {*areas} and each.from_ != each.to
        for line in both_ways(
            areas.index(each.from_),
            areas.index(each.to),
            int(each.limit * step_h),
            loss_ppm=round(each.loss * PPM),
            fee_ueur_per_kwh=round(each.fee * PPM),
        )
    )


def _problem(document: Document, path: Path, message: str, remedy: str) -> tuple[int, Problem]:
    return document.line_of(path), Problem(document.place(path), message, remedy)


def _facts(entry: MarketEntry, rule: Mechanism) -> Facts:
    return Facts(
        id=entry.id,
        name=entry.name,
        zone=entry.timezone,
        product=product(entry.product),
        rule=rule,
        parties=tuple(each.party(entry.limits, entry.connection, entry.areas) for each in entry.participants),
        balancing=entry.balancing.balancing(),
        horizon_s=entry.horizon,
        settle_after_s=entry.settle_after,
        areas=entry.areas,
        total=None if entry.total_meter is None else entry.total_meter.total(),
        settings=entry.settings,
    )
