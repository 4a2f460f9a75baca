"""`tune`: what was tried, what it cost, and what serves from now on."""

import json
from pathlib import Path

import numpy as np
import pytest

from enerwise.run.tuning import Trial, Tuned
from enerwise.run.ways import Way, read
from enerwise.serve.commands import tune as command
from tests.serve.builders import FLAT, a_history, a_site_file, enerwise, said

STEP_S = 3 * 3600


def test_ways_are_tried_shown_and_written(tmp_path: Path) -> None:
    data, site = a_history(tmp_path, days=42, step_s=STEP_S), a_site_file(tmp_path, FLAT)
    out, table = tmp_path / "t.json", tmp_path / "t.csv"
    result = enerwise("tune", site, "--data", data, "--days", 7, "--json", out, "--csv", table, "--keep")
    assert result.exit_code == 0, said(result)
    made = json.loads(out.read_text())
    assert {each["words"] for each in made["trials"]} >= {"as usual", "no caution", "the expected future alone"}
    assert all(len(each["day_eur"]) == 7 for each in made["trials"])
    assert made["is_changed"] or not (tmp_path / "home.run" / "way.json").exists()
    assert made["reason"] in said(result).replace("\n", " ") and table.read_text().startswith("way,")


def test_a_better_way_is_kept_where_asked_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, site = a_history(tmp_path, days=42, step_s=STEP_S), a_site_file(tmp_path, FLAT)
    better = Tuned(Way(weighs=False), True, "it saved", (Trial(Way(), np.ones(7)),), 0.1, 0.01)
    monkeypatch.setattr(command, "tune", lambda *_, **__: better)
    assert "Keep it with --keep" in said(enerwise("tune", site, "--data", data))
    assert not (tmp_path / "home.run" / "way.json").exists()
    assert "Kept in" in said(enerwise("tune", site, "--data", data, "--keep"))
    way, because = read(tmp_path / "home.run" / "way.json")
    assert way == Way(weighs=False) and because["saved_eur_per_day"] == 0.1


def test_too_short_a_recording_says_what_is_missing(tmp_path: Path) -> None:
    data, site = a_history(tmp_path, days=20, step_s=STEP_S), a_site_file(tmp_path, FLAT)
    result = enerwise("tune", site, "--data", data, "--days", 7)
    assert result.exit_code == 2 and "measure 22 days more" in said(result).replace("\n", " ")
