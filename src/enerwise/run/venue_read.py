"""Market file -> `Facts`, or the whole list of problems; text comes in, files are opened elsewhere."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from enerwise.core.errors import Problem, ProblemsFound, UnitError
from enerwise.market.book import Book
from enerwise.market.clearing import trades_of
from enerwise.market.mechanism import Mechanism, mechanism
from enerwise.market.product import product
from enerwise.run.venue_entries import MarketEntry
from enerwise.run.venue_facts import Facts
from enerwise.site.document import Document, Path, parse_document
from enerwise.site.values import Wrong, suggestion

TWO: Final = Book.of([(1, 0, True, 5, 300_000), (2, 1, False, 2, 100_000)])
"""Two who agree on less than one of them wants: a rule for a venue says who trades with whom, and fills no rest."""


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
    return _facts(entry, _rule(entry.mechanism, entry.settings))


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
            each.party(entry.limits, entry.connection)
        except Wrong as wrong:
            yield _problem(document, ("participants", at), wrong.message, wrong.remedy)
    yield from _rule_problems(entry, document)


def _rule_problems(entry: MarketEntry, document: Document) -> Iterator[tuple[int, Problem]]:
    try:
        rule = _rule(entry.mechanism, entry.settings)
    except (TypeError, ValueError) as error:
        yield _problem(document, ("settings",), str(error), "see: enerwise market mechanisms")
        return
    if not _makes_pairs(rule):
        told = f"{entry.mechanism!r} lets everybody trade with a pool, and nobody has a partner to deliver to"
        yield _problem(document, ("mechanism",), told, "use uniform, pay_as_bid, mcafee, muda or continuous")


def _rule(name: str, settings: dict[str, int]) -> Mechanism:
    made: Any = mechanism(name)
    rule: Mechanism = replace(made, **settings)
    return rule


def _makes_pairs(rule: Mechanism) -> bool:
    try:
        trades_of(TWO, rule.clear(TWO))
    except ValueError:
        return False
    return True


def _problem(document: Document, path: Path, message: str, remedy: str) -> tuple[int, Problem]:
    return document.line_of(path), Problem(document.place(path), message, remedy)


def _facts(entry: MarketEntry, rule: Mechanism) -> Facts:
    return Facts(
        id=entry.id,
        name=entry.name,
        zone=entry.timezone,
        product=product(entry.product),
        rule=rule,
        parties=tuple(each.party(entry.limits, entry.connection) for each in entry.participants),
        balancing=entry.balancing.balancing(),
        horizon_s=entry.horizon,
        settle_after_s=entry.settle_after,
        total=None if entry.total_meter is None else entry.total_meter.total(),
        settings=entry.settings,
    )
