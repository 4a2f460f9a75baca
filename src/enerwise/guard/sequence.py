"""Sequences: what is switched in which order, as a table, and the one mechanism that walks through it.

A table has stages. A stage drives some coils and has exits in their order; at each look the first exit that is open is
taken, one a look, so that whatever a stage drives is really driven before anything else happens. Conditions are truths
by name, and what is not known to be true is lacking: nothing is ever done for want of knowledge.

What a table may never do is proven when it is built, from its exits alone, whatever the truths will be:

1. A coil that was off is switched on by no exit that does not ask for all the coil needs.
2. Coils that exclude each other are never on together, nor one right after the other.
3. Whatever is on gives way at once when the permission goes; from there fewer and fewer coils are on, by time alone.
4. A table begins with nothing on; a fault has nothing on, and only a reset leads out of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from enerwise.guard.judge import number
from enerwise.guard.kernels import BEYOND

PERMITTED: Final = "permitted"
"""Truth: interlocks, trips and people allow it."""
RESET: Final = "reset"
"""Truth, for one look: a person has reset the fault, knowing its cause."""
EPSILON_S: Final = 1e-9
"""Ten hundredths of a second are a tenth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """One way out of a stage: open once all of ``when`` is true, one of ``lacks`` is not, and the time has come."""

    to: str
    when: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    after_s: float = 0.0
    """Since the stage began."""

    def missing(self, true: Mapping[str, object]) -> tuple[str, ...]:
        """Return what is not true of what must be."""
        return tuple(each for each in self.when if true.get(each) is not True)

    def is_open(self, true: Mapping[str, object], dwell_s: float) -> bool:
        """Tell whether it can be taken after so long in the stage."""
        is_due = dwell_s >= self.after_s - EPSILON_S
        lacks = not self.lacks or any(true.get(each) is not True for each in self.lacks)
        return is_due and lacks and not self.missing(true)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One row of the table."""

    id: str
    drives: tuple[str, ...] = ()
    """Coils that are on."""
    exits: tuple[Exit, ...] = ()
    carries: bool = False
    """Whether power may flow; in every other stage the machines behind are told to rest."""
    try_max: int = 0
    """How often it may begin until something renews the tries; 0 for ever."""
    spent: str = ""
    """The stage that begins in its place when they are used up."""
    renews: bool = False
    fault: str = ""
    """What a person has to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A table that cannot be built unsafe."""

    id: str
    source: str
    start: str
    lost: str
    """Where it goes when the clock cannot be believed."""
    needs: Mapping[str, tuple[str, ...]]
    """Coil -> what must be true at the moment it is switched on."""
    stages: Mapping[str, Stage]
    excludes: tuple[tuple[str, str], ...] = ()
    """Pairs of coils that must not be on together."""

    def __post_init__(self) -> None:
        found = tuple(_loose_ends(self)) or tuple(_dangers(self))
        if found:
            raise ValueError("; ".join(found))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a sequence stands."""

    stage: str
    t_s: float
    """The last look, on the monotonic clock."""
    since_s: float
    """When the stage began."""
    try_count: int = 0


def start(sequence: Sequence, t_s: float) -> Standing:
    """Return the beginning of every life: nothing is on. [s], on the monotonic clock"""
    return Standing(sequence.start, t_s, t_s)


def step(sequence: Sequence, standing: Standing, true: Mapping[str, object], t_s: float) -> tuple[Standing, Stage]:
    """Look once.

    Args:
        sequence: The table.
        standing: What the last look left.
        true: What is known; only what is True itself is true.
        t_s: Now, on the monotonic clock. [s]

    Returns:
        Where it stands now, and the stage that says what is driven.
    """
    stage, now_s = sequence.stages[standing.stage], number(t_s)
    if not standing.t_s <= now_s < BEYOND:
        return (standing, stage) if stage.fault else _entered(sequence, standing, sequence.lost, standing.t_s)
    for each in stage.exits:
        if each.is_open(true, now_s - standing.since_s):
            return _entered(sequence, standing, each.to, now_s)
    return replace(standing, t_s=now_s), stage


def _entered(sequence: Sequence, standing: Standing, to: str, t_s: float) -> tuple[Standing, Stage]:
    stage, try_count = sequence.stages[to], standing.try_count
    if stage.try_max:
        stage, try_count = (
            (stage, try_count + 1) if try_count < stage.try_max else (sequence.stages[stage.spent], try_count)
        )
    return Standing(stage.id, t_s, t_s, 0 if stage.renews else try_count), stage


def _loose_ends(sequence: Sequence) -> Iterator[str]:
    """Yield what does not hang together."""
    names = [sequence.start, sequence.lost]
    for at, stage in sequence.stages.items():
        names += [each.to for each in stage.exits] + [stage.spent] * (stage.try_max > 0)
        yield from (f"no coil {each!r}" for each in stage.drives if each not in sequence.needs)
        if at != stage.id or any(each.to == at for each in stage.exits):
            yield f"{at}: leads to itself, or has another name"
    yield from (f"no stage {each!r}" for each in dict.fromkeys(names) if each not in sequence.stages)


def _dangers(sequence: Sequence) -> Iterator[str]:
    """Yield what a table may never do; the numbers are those of the module's text."""
    stages = sequence.stages
    yield from (f"{coil}: needs no permission" for coil, needs in sequence.needs.items() if PERMITTED not in needs)
    off = {sequence.start, sequence.lost} | {each.spent for each in stages.values() if each.try_max}
    for stage in stages.values():
        first = stage.exits[0] if stage.exits else Exit(to=stage.id)
        gives_way = PERMITTED in first.lacks and not first.when and first.after_s <= 0
        if not (_winds_down(sequence, stage) or (gives_way and _winds_down(sequence, stages[first.to]))):
            yield f"{stage.id}: stays on without permission"  # 3
        if stage.drives and (stage.fault or stage.id in off):
            yield f"{stage.id}: must have nothing on"  # 4
        if stage.fault and not all(RESET in each.when for each in stage.exits):
            yield f"{stage.id}: is left without a reset"  # 4
        for after in (stage, *(stages[each.to] for each in stage.exits)):
            for pair in sequence.excludes:
                if {*pair} <= {*stage.drives, *after.drives}:
                    yield f"{stage.id}: {' and '.join(pair)} exclude each other"  # 2
        for each in stage.exits:
            for coil in sorted({*stages[each.to].drives} - {*stage.drives}):
                if not {*sequence.needs[coil]} <= {*each.when}:
                    yield f"{stage.id}: switches {coil} on without all it needs"  # 1


def _winds_down(sequence: Sequence, stage: Stage) -> bool:
    """Tell whether nothing is on, or fewer coils with every exit, one of which opens with time alone."""
    fewer = all({*sequence.stages[each.to].drives} < {*stage.drives} for each in stage.exits)
    return not stage.drives or (fewer and any(not each.when + each.lacks for each in stage.exits))
