"""The text of a profile -> `Profile`, or the whole list of problems. docs/guides/add-a-device.md shows the fields."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.quantity import QUANTITIES
from enerwise.devices.entry import Entry
from enerwise.devices.points import Case, CommsLoss, Part, Point, Register, Setpoint, Step
from enerwise.devices.profile import Profile
from enerwise.devices.sunspec_models import place_of
from enerwise.protocols.pdu import Table
from enerwise.protocols.registers import RegisterType

ADDRESS_MAX: Final = 0xFFFF
CODE_MAX: Final = 2**64 - 1
KINDS: Final = tuple(RegisterType)
TABLES: Final = tuple(Table)
WRITTEN_TABLES: Final = (Table.HOLDING, Table.COIL)
BITS: Final = (Table.COIL, Table.DISCRETE)
WRITE_FUNCTIONS: Final = {Table.HOLDING: (6, 16), Table.COIL: (5,)}


@dataclass(frozen=True, slots=True)
class _Habits:
    """What holds for every register of a profile that does not say otherwise."""

    table: str
    swaps_words: bool
    missing: Mapping[str, tuple[int, ...]]
    function: int


def parse_profile(text: str, *, source: str) -> Profile:
    """Read a profile.

    Args:
        text: TOML.
        source: Where it comes from; names the profile and the place in messages.

    Raises:
        ProblemsFound: Everything that is wrong with it.
    """
    try:
        fields = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise ProblemsFound(source, [Problem("text", f"is not TOML: {trouble}")]) from None
    entry = Entry(fields, "", [])
    profile = _profile(entry, PurePath(source).stem)
    entry.done()
    if entry.problems:
        raise ProblemsFound(source, entry.problems)
    return profile


def _profile(entry: Entry, name: str) -> Profile:
    habits = _habits(entry)
    points = tuple(_point(each, habits) for each in entry.tables("point"))
    setpoints = tuple(_setpoint(each, habits) for each in entry.tables("setpoint"))
    comms_loss, heartbeat = entry.table("comms_loss"), entry.table("heartbeat")
    if not points and not setpoints:
        entry.wrong("point", "is missing", "a profile measures something or can be told something")
    _no_twins(entry, setpoints)
    registers = [*(each.register for each in points), *(step.register for each in setpoints for step in each.steps)]
    return Profile(
        name=name,
        summary=entry.text("summary"),
        source=entry.text("source"),
        points=points,
        setpoints=setpoints,
        comms_loss=None if comms_loss is None else _comms_loss(comms_loss, habits),
        heartbeat=None if heartbeat is None else _whole(heartbeat, habits),
        sunspec=any(each.models for each in registers),
        block_max=entry.whole("block_max", 125, low=1, high=125),
        gap_max=entry.whole("gap_max", 0, low=0, high=124),
    )


def _habits(entry: Entry) -> _Habits:
    missing = entry.table("missing")
    codes: dict[str, tuple[int, ...]] = {}
    if missing is not None:
        codes = {kind: missing.wholes(kind, high=CODE_MAX) for kind in KINDS if missing.has(kind)}
        missing.done()
    return _Habits(
        table=entry.choice("table", TABLES, Table.HOLDING),
        swaps_words=entry.flag("swaps_words"),
        missing=codes,
        function=entry.whole("write_function", 16, low=6, high=16),
    )


def _no_twins(entry: Entry, setpoints: tuple[Setpoint, ...]) -> None:
    names = [(each.role, each.quantity) for each in setpoints]
    for at, name in enumerate(names):
        if name in names[:at]:
            entry.wrong(f"setpoint[{at}]", f"{name[0]}.{name[1]} is there already", "merge the two")


def _point(entry: Entry, habits: _Habits) -> Point:
    point = Point(entry.text("role"), _quantity(entry), _register(entry, habits), entry.flag("is_optional"))
    entry.done()
    return point


def _quantity(entry: Entry) -> str:
    return entry.choice("quantity", sorted(QUANTITIES))


def _register(entry: Entry, habits: _Habits, tables: tuple[Table, ...] = TABLES) -> Register:
    default = habits.table if habits.table in tables else Table.HOLDING
    table = Table(entry.choice("table", tables, default))
    models = entry.wholes("models", high=ADDRESS_MAX)
    place = _named(entry, models) if entry.has("point") else _numbered(entry, habits, bits=table in BITS)
    register = Register(
        table=table,
        models=models,
        swaps_words=entry.flag("swaps_words", habits.swaps_words),
        offset=entry.number("offset", 0.0),
        rating=_rating(entry, habits),
        **{**place, "factor": _factor(entry) * place["factor"]},
    )
    if register.rating is not None and bool(register.rating.models) != bool(models):
        entry.wrong("rating", "stands in a SunSpec model and its register does not, or the other way round")
    return register


def _whole(entry: Entry, habits: _Habits) -> Register:
    register = _register(entry, habits, (Table.HOLDING,))
    entry.done()
    return register


def _factor(entry: Entry) -> float:
    factor = entry.number("factor", 1.0)
    if factor == 0.0:
        entry.wrong("factor", "is 0, and every value with it", "give what one count is worth")
    return factor or 1.0


def _named(entry: Entry, models: tuple[int, ...]) -> dict[str, Any]:
    """Return the place of a SunSpec point."""
    name = entry.text("point")
    if not models:
        entry.wrong("models", "is missing", "say in which SunSpec models the point stands")
        return _nowhere()
    try:
        place = place_of(models, name)
    except (KeyError, ValueError) as trouble:
        entry.wrong("point", str(trouble.args[0]))
        return _nowhere()
    return {
        "address": place.address,
        "kind": place.kind,
        "scale": place.scale,
        "missing": entry.wholes("missing", high=CODE_MAX) if entry.has("missing") else place.missing,
        "factor": 10.0**place.exponent,
    }


def _numbered(entry: Entry, habits: _Habits, *, bits: bool) -> dict[str, Any]:
    """Return the place of a register with a number."""
    kind = RegisterType.UINT16 if bits else RegisterType(entry.choice("kind", KINDS))
    missing = entry.wholes("missing", high=CODE_MAX) if entry.has("missing") else habits.missing.get(kind)
    return {
        "address": entry.whole("address", low=0, high=ADDRESS_MAX),
        "kind": kind,
        "scale": entry.whole("scale", low=0, high=ADDRESS_MAX) if entry.has("scale") else None,
        "missing": () if bits else missing,
        "factor": 1.0,
    }


def _nowhere() -> dict[str, Any]:
    return {"address": 0, "kind": RegisterType.UINT16, "scale": None, "missing": None, "factor": 1.0}


def _rating(entry: Entry, habits: _Habits) -> Register | None:
    rating = entry.table("rating")
    if rating is None:
        return None
    register = _register(rating, habits)
    rating.done()
    return register


# ---------------------------------------------------------------------------------------------------------------
# What a device can be told


def _setpoint(entry: Entry, habits: _Habits) -> Setpoint:
    setpoint = Setpoint(entry.text("role"), _quantity(entry), _steps(entry, habits))
    if all(step.fixed is not None for step in setpoint.steps):
        entry.wrong("write", "no register takes the value", "give one without a fixed count")
    entry.done()
    return setpoint


def _steps(entry: Entry, habits: _Habits) -> tuple[Step, ...]:
    steps: list[Step] = []
    for each in entry.tables("write"):
        step = _step(each, habits)
        if step.joins and not (steps and _follows(steps[-1], step)):
            each.wrong("joins", "does not follow the address of the write before", "remove it or change the order")
        steps.append(step)
    return tuple(steps)


def _follows(last: Step, step: Step) -> bool:
    before, after = last.register, step.register
    same = (before.table, before.models, last.function, last.when) == (after.table, after.models, 16, step.when)
    return same and before.address + before.width == after.address


def _step(entry: Entry, habits: _Habits) -> Step:
    register = _register(entry, habits, WRITTEN_TABLES)
    if register.offset:
        entry.wrong("offset", "is not for what is written: zero must be zero")
    step = Step(
        register=register,
        fixed=_fixed(entry, register) if entry.has("fixed") else None,
        part=Part(entry.choice("part", tuple(Part), Part.VALUE)),
        when=tuple(Case(each) for each in entry.choices("when", tuple(Case))),
        joins=entry.flag("joins"),
        function=_function(entry, register, habits),
        is_ceiling=entry.flag("is_ceiling"),
        reads_back=entry.flag("reads_back", True),
    )
    entry.done()
    return step


def _fixed(entry: Entry, register: Register) -> int:
    high = 1 if register.table is Table.COIL else 2 ** (16 * register.width) - 1
    return entry.whole("fixed", low=0, high=high)


def _function(entry: Entry, register: Register, habits: _Habits) -> int:
    able = WRITE_FUNCTIONS[register.table]
    default = habits.function if habits.function in able and register.width == 1 else able[-1]
    function = entry.whole("function", default, low=5, high=16)
    if function not in able or (function == 6 and register.width > 1):
        entry.wrong("function", f"{function} cannot write this register", f"give {able[-1]}")
        return able[-1]
    return function


def _comms_loss(entry: Entry, habits: _Habits) -> CommsLoss:
    steps = _steps(entry, habits)
    fixed_s = entry.number("fixed_s", 0.0) if entry.has("fixed_s") else float("nan")
    if bool(steps) == entry.has("fixed_s"):
        entry.wrong("fixed_s", "give either registers to write the time-out to, or the time that is fixed", "")
    if steps and all(step.fixed is not None for step in steps):
        entry.wrong("write", "no register takes the time-out", "give one without a fixed count")
    found = CommsLoss(entry.text("action"), steps, fixed_s)
    entry.done()
    return found
