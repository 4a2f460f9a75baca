"""How plans are made, as far as only trial can tell: chosen by what it saved, not by how far forecasts erred.

A forecast with the smaller error does not always save more, and caution helps one home and costs another. So a site's
own past is played in several ways (`enerwise.run.tuning`); the one that serves lies in a small file beside its store.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from enerwise.core.errors import Problem, ProblemsFound

FILE: Final = "way.json"
"""Beside what else a running site keeps."""
END_SHARE: Final = 0.5
"""Where the worth of energy left at the end lies between what it would earn if sold and what it spares if kept; chosen
in closed loop on three homes (docs/adr/0006)."""
END_SHARES: Final = (0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to plan."""

    listens: bool = True
    """To trained forecasts, where there are any; else the floor of the ladder foresees."""
    weighs: bool = True
    """Several futures; else the expected one is taken at its word."""
    is_cautious: bool = True
    """Whether a kWh charged has to earn a little more than it costs (`enerwise.plan.terms.caution`)."""
    end_share: float = END_SHARE
    """How far the worth of what is left leans to what it spares, from what it earns if sold: 0 to 1."""
    learns_end: bool = False
    """Whether what is left is worth what energy at that hour of the day lately was (`enerwise.run.end_worth`)."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.end_share <= 1.0:
            raise ValueError(f"end_share {self.end_share} is not within 0..1")

    @property
    def words(self) -> str:
        """Return what differs from the usual way.

        >>> Way().words, Way(weighs=False, end_share=1.0).words
        ('as usual', 'the expected future alone, end worth 1')
        """
        usual = Way()
        said = {
            "listens": "untrained forecasts",
            "weighs": "the expected future alone",
            "is_cautious": "no caution",
            "end_share": f"end worth {self.end_share:g}",
            "learns_end": "end worth learned",
        }
        told = [words for name, words in said.items() if getattr(self, name) != getattr(usual, name)]
        return ", ".join(told) or "as usual"

    def others(self, *, can_listen: bool) -> Iterator["Way"]:
        """Yield the ways that differ in one thing."""
        for name in ("weighs", "is_cautious", "learns_end", *(("listens",) if can_listen else ())):
            yield replace(self, **{name: not getattr(self, name)})
        for share in END_SHARES:
            if share != self.end_share:
                yield replace(self, end_share=share, learns_end=False)

    def with_all(self, better: list["Way"]) -> "Way":
        """Return this way with everything in which others differ from it; of one thing the first word counts."""
        found = self
        for other in reversed(better):
            changed = {each.name: getattr(other, each.name) for each in fields(Way)}
            found = replace(found, **{name: value for name, value in changed.items() if value != getattr(self, name)})
        return found


@dataclass(slots=True)
class Ways:
    """The file of a site, read anew when it changed."""

    path: Path
    _read: tuple[int, Way] | None = field(default=None)

    def serving(self) -> Way:
        """Return the way that serves; the usual one where none was ever chosen, or the file cannot be read.

        A plan never fails for want of this file: `read` tells what is wrong with it.
        """
        try:
            changed = self.path.stat().st_mtime_ns
            if self._read is None or self._read[0] != changed:
                self._read = changed, read(self.path)[0]
            return self._read[1]
        except (OSError, ProblemsFound):
            return Way()


def read(path: Path) -> tuple[Way, dict[str, Any]]:
    """Return the way in a file, and why it serves.

    Raises:
        ProblemsFound: There is none, or it is not what `write` writes.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Way(**found.pop("way")), found
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        remedy = "choose anew with 'enerwise tune --keep', or remove it: then plans are made as usual"
        raise ProblemsFound(str(path), [Problem(path.name, f"holds no way to plan: {error}", remedy)]) from None


def write(path: Path, way: Way, because: dict[str, Any]) -> None:
    """Let a way serve from the next plan on."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps({"way": asdict(way), **because}, indent=1) + "\n", encoding="utf-8")
    part.replace(path)
