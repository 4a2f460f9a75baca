"""The tables of SunSpec models against pysunspec2: the file it would give, and a device that it lays out itself."""

from importlib.resources import files
from typing import Any

import pytest
from sunspec2.device import Model  # type: ignore[import-untyped]

from enerwise.devices.sunspec_models import KINDS, place_of
from enerwise.protocols.registers import WIDTHS, RegisterType, decode, missing_words
from enerwise.protocols.sunspec import LENGTHS

from .make_sunspec import MODELS, definition, text

INSTANCES = 3
GROUPED = {160: "module", 714: "Prt", 803: "string", 804: "lithium_ion_string_module"}
COUNTS = ("N", "NPrt", "NStr", "NMod")
NUMBERS = frozenset(KINDS) - {"sunssf"}
FIXED = [model for model in MODELS if model not in range(705, 713)]
"""Models of which we know every part; the curves and control sets of the others come in numbers the device tells."""


def test_the_committed_file_is_what_the_definitions_give() -> None:
    committed = files("enerwise.devices").joinpath("sunspec_models.toml").read_text(encoding="utf-8")
    assert committed == text()


def test_least_lengths_are_those_of_the_definitions() -> None:
    """Model 1 may come without its pad."""
    ours = {model: LENGTHS[model] for model in MODELS}
    assert ours == {model: _length(model) for model in MODELS} | {1: 65}


@pytest.mark.parametrize("model", FIXED)
def test_numbers_stand_where_pysunspec2_puts_them(model: int) -> None:
    """Every point gets a value of its own; read by our table from their bytes it is what they reckon."""
    theirs = Model(model_id=model, data=contents(model))
    words = _words(theirs.get_mb())
    for name, point in theirs.points.items():
        if point.pdef["type"] in NUMBERS:
            assert read(words, model, name) == pytest.approx(point.cvalue, rel=1e-12), name
    for at in range(INSTANCES if model in GROUPED else 0):
        group = theirs.groups[GROUPED[model]][at]
        for name, point in group.points.items():
            if point.pdef["type"] in NUMBERS:
                ours = read(words, model, f"{GROUPED[model]}.{at + 1}.{name}")
                assert ours == pytest.approx(point.cvalue, rel=1e-12), (at, name)


@pytest.mark.parametrize("model", FIXED)
def test_what_pysunspec2_leaves_out_is_missing(model: int) -> None:
    empty = {"ID": model, "L": 0, **(dict.fromkeys(COUNTS, 0) if model in GROUPED else {})}
    theirs = Model(model_id=model, data=empty)
    words = _words(theirs.get_mb())
    for name, point in theirs.points.items():
        if point.pdef["type"] in NUMBERS and name not in ("ID", "L", *COUNTS):
            place = place_of([model], name)
            raw = words[place.address : place.address + WIDTHS[place.kind]]
            assert raw == missing_words(place.kind, missing=place.missing), name


def test_models_of_one_shape_share_their_points() -> None:
    assert place_of([101, 102, 103], "W") == place_of([103], "W")
    assert place_of([201, 202, 203, 204], "TotWhImp") == place_of([203], "TotWhImp")


@pytest.mark.parametrize(
    ("models", "name", "message"),
    [
        ([103], "Watt", "model 103 has no number Watt"),
        ([1], "Mn", "model 1 has no number Mn"),
        ([999], "W", "model 999 is not among those known here"),
        ([160], "module.1.Watt", "no number module.1.Watt"),
        ([103], "module.1.W", "no number module.1.W"),
    ],
)
def test_a_point_that_is_not_there_is_told(models: list[int], name: str, message: str) -> None:
    with pytest.raises(KeyError, match=message):
        place_of(models, name)


def test_models_that_disagree_are_told() -> None:
    with pytest.raises(ValueError, match="does not stand at the same place in models 103, 203"):
        place_of([103, 203], "W")


def contents(model: int) -> dict[str, Any]:
    """Return a value for every point of a model."""
    group = definition(model)
    found: dict[str, Any] = _values(group["points"], seed=model) | {"ID": model, "L": 0}
    for each in group.get("groups", []):
        if model in GROUPED:
            found[each["name"]] = [_values(each["points"], seed=model + at) for at in range(INSTANCES)]
        else:
            found[each["name"]] = _values(each["points"], seed=model)
    return found


def read(words: tuple[int, ...], model: int, name: str) -> float:
    """Read a point by our table."""
    place = place_of([model], name)
    count = decode(words[place.address : place.address + WIDTHS[place.kind]], place.kind, missing=place.missing)
    scale = 0.0 if place.scale is None else decode(words[place.scale : place.scale + 1], RegisterType.INT16)
    return float(count * 10.0 ** (scale + place.exponent))


def _values(points: list[dict[str, Any]], *, seed: int) -> dict[str, int]:
    found = {}
    for at, point in enumerate(points):
        kind, name = point["type"], point["name"]
        if kind == "sunssf":
            found[name] = -((at + seed) % 4)
        elif name in COUNTS:
            found[name] = INSTANCES
        elif kind in KINDS:
            found[name] = (at * 131 + seed) % 30000 + 1
    return found


def _words(content: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(content[at : at + 2], "big") for at in range(0, len(content), 2))


def _length(model: int) -> int:
    """Return how many registers follow the head of a model, without the groups that repeat."""
    group = definition(model)
    single = [each for each in group.get("groups", []) if each.get("count", 1) == 1]
    points = [*group["points"], *(point for each in single for point in each["points"])]
    return sum(int(point["size"]) for point in points) - 2
