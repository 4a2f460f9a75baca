"""`design`: table, numbers and picture, on measured data that a person gives."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.serve.builders import FLAT, a_history, a_site_file, enerwise, said

QUICK = ("--generations", 2, "--battery-kwh", 8, "--pv-kwp", 6)


def test_designs_are_written_as_numbers_and_drawn(tmp_path: Path) -> None:
    data, site = a_history(tmp_path, days=8), a_site_file(tmp_path, FLAT)
    out, table, picture = (tmp_path / name for name in ("d.json", "d.csv", "d.svg"))
    files = ("--json", out, "--csv", table, "--plot", picture)
    result = enerwise("design", site, "--data", data, *QUICK, *files)
    assert result.exit_code == 0, said(result)
    made = json.loads(out.read_text())
    invest, cost = ([each[name] for each in made["designs"]] for name in ("invest_eur", "cost_eur_per_year"))
    assert invest == sorted(invest) and cost == sorted(cost, reverse=True) and made["days"] == pytest.approx(8)
    with table.open() as stream:
        assert [float(row["invest_eur"]) for row in csv.DictReader(stream)] == pytest.approx(invest)
    title = ET.parse(picture).getroot().find("{http://www.w3.org/2000/svg}title")
    assert title is not None and title.text is not None and "Least cost a year" in title.text
    assert "as it is" in said(result) and "reckoned from 8 days" in said(result)


def test_two_tariffs_of_one_name_are_refused(tmp_path: Path) -> None:
    data, site = a_history(tmp_path, days=8), a_site_file(tmp_path, FLAT)
    result = enerwise("design", site, "--data", data, "--tariff", site)
    assert result.exit_code != 0 and "two files are called the same" in said(result)
