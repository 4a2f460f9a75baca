"""Writes src/enerwise/devices/sunspec_models.toml from the model definitions that pysunspec2 ships.

    python tests/protocols/make_sunspec.py > src/enerwise/devices/sunspec_models.toml

`test_sunspec_models.py` holds the committed file to what this would write.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sunspec2  # type: ignore[import-untyped]

MODELS = (1, 101, 102, 103, 120, 121, 122, 123, 124, 160, 201, 202, 203, 204, *range(701, 715), 802, 803, 804)
HEAD = """\
# SunSpec models: where each point stands, from the head of its model (0 is the id, 1 the length), its SunSpec type, and
# the point or the power of ten that scales it. A group repeats; its points stand from the head of each instance.
# Of models whose groups nest or come in numbers that the device tells (705 to 712) only the fixed part is here.
# Written by tests/protocols/make_sunspec.py; do not edit.
# Source: SunSpec Alliance model definitions (github.com/sunspec/models, Apache-2.0), as shipped with pysunspec2."""
SKIPPED_TYPES = frozenset({"pad"})


def definition(model: int) -> dict[str, Any]:
    """Return the definition of a model as pysunspec2 ships it."""
    path = Path(sunspec2.__file__).parent / "models" / "json" / f"model_{model}.json"
    group: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["group"]
    return group


def text() -> str:
    """Return the whole file."""
    return "\n\n".join([HEAD, *("\n".join(lines(model)) for model in MODELS)]) + "\n"


def lines(model: int) -> Iterator[str]:
    """Yield the lines of one model."""
    group = definition(model)
    points, length = placed(group["points"])
    groups = group.get("groups", [])
    single = [each for each in groups if each.get("count", 1) == 1]
    for each in single:
        inner, width = placed(each["points"], at=length, prefix=f"{each['name']}.")
        points, length = points + inner, length + width
    yield f"[{model}]"
    yield f'name = "{group["name"]}"'
    yield f"length_fixed = {length - 2}"
    yield f"[{model}.points]"
    yield from points
    for each in groups:
        if each not in single and "groups" not in each:
            inner, width = placed(each["points"])
            yield f"[{model}.group]"
            yield f'name = "{each["name"]}"'
            yield f"at = {length}"
            yield f"length = {width}"
            yield f"[{model}.group.points]"
            yield from inner


def placed(points: list[dict[str, Any]], *, at: int = 0, prefix: str = "") -> tuple[list[str], int]:
    """Return a line per point, and how many registers they take."""
    start, found = at, []
    for point in points:
        if point["type"] not in SKIPPED_TYPES:
            scale = point.get("sf", 0)
            name = f'"{prefix}{point["name"]}"' if prefix else point["name"]
            found.append(f'{name} = [{at}, "{point["type"]}", {json.dumps(scale)}]')
        at += point["size"]
    return found, at - start


if __name__ == "__main__":
    print(text(), end="")
