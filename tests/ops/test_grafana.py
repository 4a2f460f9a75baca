"""Do the boards that come with Enerwise show figures that exist?"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from enerwise.serve.metrics import Metrics

OPS = Path(__file__).parents[2] / "ops"
BOARDS = sorted((OPS / "grafana" / "dashboards").glob("*.json"))
NAME = re.compile(r"\b(?:enerwise|process|python)_[a-z0-9_]+")


def expressions(board: dict[str, Any]) -> list[str]:
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return asked + [each["query"]["query"] for each in board["templating"]["list"] if each["type"] == "query"]


def test_there_is_a_board_for_a_site_and_one_for_the_server() -> None:
    assert [each.stem for each in BOARDS] == ["server", "site"]


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_every_figure_of_a_board_exists(path: Path) -> None:
    asked = {name for each in expressions(json.loads(path.read_text(encoding="utf-8"))) for name in NAME.findall(each)}
    assert asked
    assert asked <= Metrics().names()


def test_every_figure_of_ours_is_on_a_board() -> None:
    shown = {
        name
        for path in BOARDS
        for each in expressions(json.loads(path.read_text(encoding="utf-8")))
        for name in NAME.findall(each)
    }
    ours = {each.removesuffix("_created") for each in Metrics().names() if each.startswith("enerwise_")}
    families = {re.sub(r"_(total|bucket|sum|count)$", "", each) for each in ours}
    assert families <= {re.sub(r"_(total|bucket|sum|count)$", "", each) for each in shown}


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_panels_lie_beside_each_other_and_have_numbers_of_their_own(path: Path) -> None:
    panels = json.loads(path.read_text(encoding="utf-8"))["panels"]
    assert len({each["id"] for each in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for each in panels:
        at = each["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, each["title"]
        taken |= cells


def test_what_grafana_and_prometheus_read_is_well_formed() -> None:
    found = [yaml.safe_load(each.read_text(encoding="utf-8")) for each in OPS.rglob("*.yaml")]
    assert len(found) == 3
    assert all(isinstance(each, dict) for each in found)
