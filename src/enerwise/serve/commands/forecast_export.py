"""`enerwise forecast export`: a member of the model that serves as an ONNX graph, compared before it is written."""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import DAY_S
from enerwise.forecast.evidence import last_issue
from enerwise.forecast.features import rows
from enerwise.serve import asked
from enerwise.serve.commands.forecast_registry import Place, wish_of
from enerwise.serve.console import say
from enerwise.store.column_files import read_columns

COMPARED_DAYS: Final = 7
MOST_DIFFERENCE: Final = 1e-6
"""Of the largest value said; a graph that differs by more is not written."""


def export(place: Place, series: str, member: str, data: Path, path: Path) -> None:
    """Write a member of the champion as a graph.

    Args:
        place: Where models are kept.
        series: Whose champion it is.
        member: Name of the member.
        data: A file of the series, on whose last week graph and member are compared.
        path: Where the graph is written to.

    Raises:
        ProblemsFound: There is no champion or no such member in it, or the graph does not say the same.
    """
    asked.target("--out", path, (".onnx",))
    missing = [each for each in ("onnx", "onnxruntime") if find_spec(each) is None]
    if missing:
        raise _wrong("export", f"{' and '.join(missing)} not installed", "pip install 'enerwise[edge]'")
    from enerwise.forecast.edge.graph import exported
    from enerwise.forecast.edge.served import load

    registry = place.of(series)
    champion = registry.champion()
    if champion is None:
        raise _wrong(series, "has no model yet", "enerwise forecast train")
    trained = registry.load(champion)
    model = dict(zip(trained.record.members, trained.models, strict=True)).get(member)
    if model is None:
        raise _wrong("--member", f"{champion} has no {member!r}", f"it has {', '.join(trained.record.members)}")
    wish = wish_of(registry.entry(champion).manifest)
    frame, horizon = read_columns(data, wish.wish()).frame, trained.record.horizon
    issue = last_issue(frame, asked.time_of_day("--issue", wish.issue))
    issues = issue - np.arange(COMPARED_DAYS) * np.timedelta64(DAY_S * 1000, "ms")
    known = [frame.as_of(each, horizon) for each in issues if each > frame.grid.start_utc]
    names = rows(known[0], np.array([known[0].past_count]), horizon).names
    graph = exported(model, names, horizon).SerializeToString()
    edge = load(graph)
    said = np.stack([model.predict(each) for each in known])
    difference = float(np.abs(np.stack([edge.predict(each) for each in known]) - said).max() / np.abs(said).max())
    if not difference <= MOST_DIFFERENCE:
        message = f"the graph differs by {difference:.1e} of the largest value, {MOST_DIFFERENCE:.0e} is allowed"
        raise _wrong(member, message, "report this; nothing was written")
    path.write_bytes(graph)
    size_kb = len(graph) / 1000
    say(f"Written: {path}, {size_kb:.0f} kB: {member} of {series}/{champion}, {horizon} steps of {len(names)} features")
    say(f"- Compared over {len(known)} issues: the largest difference is {difference:.1e} of the largest value")


def _wrong(place: str, message: str, remedy: str) -> ProblemsFound:
    return ProblemsFound("export", [Problem(place, message, remedy)])
