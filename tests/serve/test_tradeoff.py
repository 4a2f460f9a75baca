"""`plan --pareto`: table, numbers and picture of what less costs, and what it says where it cannot tell."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from tests.serve.builders import FLAT, a_site_file, an_outlook, enerwise, said

LOAD_W = [300.0, 2500.0, 900.0, 3800.0, 400.0]


def test_the_front_is_written_as_numbers_and_drawn(tmp_path: Path) -> None:
    site, outlook = a_site_file(tmp_path, FLAT), an_outlook(tmp_path, LOAD_W, buy=[0.2, 0.4, 0.2, 0.4, 0.2])
    out, table, picture = (tmp_path / name for name in ("front.json", "front.csv", "front.svg"))
    files = ("--json", out, "--csv", table, "--plot", picture)
    result = enerwise("plan", site, "--outlook", outlook, "--start", "50%", "--pareto", "peak", *files)
    assert result.exit_code == 0, said(result)
    made = json.loads(out.read_text())
    assert made["unit"] == "kW" and len(made["marginal_eur_per_unit"]) == len(made["points"]) - 1 > 0
    for point in made["points"]:
        assert max(point["grid_power_w"]) / 1e3 == pytest.approx(point["amount"], abs=1e-5)
    with table.open() as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["peak_kw"]) for row in rows] == pytest.approx([each["amount"] for each in made["points"]])
    title = ET.parse(picture).getroot().find("{http://www.w3.org/2000/svg}title")
    assert title is not None and title.text is not None and "the first kW less at" in title.text
    assert "Next kW less costs" in said(result)


def test_carbon_comes_from_the_outlook_and_else_from_the_site(tmp_path: Path) -> None:
    outlook = an_outlook(tmp_path, LOAD_W, buy=[0.2, 0.2, 0.2, 0.4, 0.2])
    site = a_site_file(tmp_path, FLAT)

    def least_kg(text: str) -> float:
        path = a_site_file(tmp_path, text)
        result = enerwise("plan", path, "--outlook", outlook, "--pareto", "carbon", "--json", tmp_path / "f.json")
        assert result.exit_code == 0, said(result)
        return float(json.loads((tmp_path / "f.json").read_text())["points"][-1]["amount"])

    refused = enerwise("plan", site, "--outlook", outlook, "--pareto", "carbon")
    assert refused.exit_code != 0 and "carbon_g_per_kwh" in said(refused)
    factor = FLAT + "carbon: {grid: 400 g/kWh, source: a test}\n"
    with_factor = least_kg(factor)
    lines = outlook.read_text().splitlines()
    grams = [400.0] * len(LOAD_W)
    rows = [lines[0] + ",carbon_g_per_kwh", *(f"{line},{each}" for line, each in zip(lines[1:], grams, strict=True))]
    outlook.write_text("\n".join(rows) + "\n")
    assert least_kg(FLAT) == pytest.approx(with_factor) and np.isfinite(with_factor)


def test_an_aim_that_nobody_knows_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    result = enerwise("plan", tmp_path / "none.yaml", "--outlook", tmp_path / "none.csv", "--pareto", "beauty")
    assert result.exit_code != 0 and "'beauty' is not known; use carbon, peak" in said(result)
