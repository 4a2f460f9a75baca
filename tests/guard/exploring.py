"""Every way through a sequence: each stage that can be reached, each combination of what it looks at, each time."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from enerwise.guard.sequence import Sequence, Stage, Standing, start, step

EVER_S = 1e6
NEAR_S = 1e-3


@dataclass(frozen=True)
class Edge:
    """One look."""

    before: Stage
    after: Stage
    true: frozenset[str]
    dwell_s: float
    tries: tuple[int, int]

    @property
    def newly_on(self) -> frozenset[str]:
        return frozenset(self.after.drives) - frozenset(self.before.drives)


class Spy(Mapping[str, object]):
    """Truths that remember who was asked for."""

    def __init__(self, true: frozenset[str], asked: set[str]) -> None:
        self.true, self.asked = true, asked

    def __getitem__(self, name: str) -> object:
        self.asked.add(name)
        return name in self.true

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("nobody may look at all of them")

    def __len__(self) -> int:
        raise AssertionError("nobody may count them")


@dataclass
class Explored:
    """What was found."""

    edges: list[Edge] = field(default_factory=list)
    stages: set[str] = field(default_factory=set)
    names: dict[str, frozenset[str]] = field(default_factory=dict)
    """What each stage looks at; that it looks at nothing else has been seen."""

    @property
    def look_count(self) -> int:
        return len(self.edges)


def times_s(stage: Stage) -> list[float]:
    """Just before, at and after every time of a stage."""
    marks = {each.after_s for each in stage.exits}
    near = {mark + away for mark in marks for away in (-NEAR_S, 0.0, NEAR_S)}
    return sorted({max(each, 0.0) for each in near} | {0.0, EVER_S})


def explored(sequence: Sequence) -> Explored:
    """Walk through all that can be reached from the start, whatever is true and whenever somebody looks."""
    found, waiting = Explored(), [start(sequence, 0.0)]
    known = {(waiting[0].stage, waiting[0].try_count)}
    while waiting:
        standing = waiting.pop()
        stage = sequence.stages[standing.stage]
        names = frozenset(name for each in stage.exits for name in (*each.when, *each.lacks))
        found.stages.add(stage.id)
        found.names[stage.id] = names
        for count in range(len(names) + 1):
            for true in itertools.combinations(sorted(names), count):
                for dwell_s in times_s(stage):
                    asked: set[str] = set()
                    here = Standing(stage.id, 0.0, 0.0, standing.try_count)
                    after, said = step(sequence, here, Spy(frozenset(true), asked), dwell_s)
                    assert asked <= names
                    assert said is sequence.stages[after.stage]
                    tries = (standing.try_count, after.try_count)
                    found.edges.append(Edge(stage, said, frozenset(true), dwell_s, tries))
                    if (after.stage, after.try_count) not in known:
                        known.add((after.stage, after.try_count))
                        waiting.append(after)
    return found
