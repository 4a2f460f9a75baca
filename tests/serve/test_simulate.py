"""Is a simulated run the same run again, and does it tell what came of it?"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serve.builders import a_site_file, enerwise, said


def log_of(folder: Path, hash_seed: str, seed: int = 1) -> bytes:
    """Simulate half a day in a process of its own and return its event log."""
    path = folder / f"events-{hash_seed}-{seed}.jsonl"
    args = ["simulate", str(folder / "home.yaml"), "--days", "0.5", "--seed", str(seed), "--step", "30min"]
    subprocess.run(
        [sys.executable, "-m", "enerwise.serve.cli", *args, "--events", str(path)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
        timeout=120,
    )
    return path.read_bytes()


def test_same_file_same_seed_same_bytes_across_processes(tmp_path: Path) -> None:
    a_site_file(tmp_path)
    first = log_of(tmp_path, "1")
    assert first == log_of(tmp_path, "2")
    assert first != log_of(tmp_path, "1", seed=2)
    kinds = {json.loads(line)["kind"] for line in first.splitlines()}
    assert {"measured", "forecast", "planned", "proposed", "judged", "permitted", "receipt"} <= kinds


def test_simulation_tells_days_bill_and_saving(tmp_path: Path) -> None:
    site = a_site_file(tmp_path)
    result = enerwise("simulate", site, "--days", 1, "--mode", "self_consumption", "--json", tmp_path / "s.json")
    assert result.exit_code == 0, said(result)
    assert "1 simulated days in mode 'self-consumption'" in said(result)
    assert "than with an idle battery" in said(result)
    told = json.loads((tmp_path / "s.json").read_text())
    assert told["is_simulated"] is True
    assert len(told["power_w"]["grid"]) == 96
    assert told["total_eur"] == pytest.approx(sum(told["cost_eur"].values()))
    bought_kwh = sum(max(0.0, each) for each in told["power_w"]["grid"]) / 4 / 1e3
    assert told["import_wh"] / 1e3 == pytest.approx(bought_kwh)


def test_passive_mode_saves_nothing(tmp_path: Path) -> None:
    args = ("--days", 1, "--mode", "passive", "--step", "1 h", "--json", tmp_path / "s.json")
    enerwise("simulate", a_site_file(tmp_path), *args)
    assert json.loads((tmp_path / "s.json").read_text())["saved_against_idle_eur"] == pytest.approx(0.0, abs=1e-9)


def test_files_are_written(tmp_path: Path) -> None:
    args = ("--csv", tmp_path / "s.csv", "--plot", tmp_path / "s.svg", "--store", tmp_path / "s.db")
    result = enerwise("simulate", a_site_file(tmp_path), "--days", 1, "--mode", "passive", "--step", "1 h", *args)
    assert result.exit_code == 0, said(result)
    assert len((tmp_path / "s.csv").read_text().splitlines()) == 25
    assert (tmp_path / "s.svg").read_text().startswith("<svg")
    assert 'enerwise why "2024-06-03 14:05" --store' in said(result)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--mode", "selfconsumption"], "did you mean 'self_consumption'?"),
        (["--step", "7 min"], "that divides a day"),
        (["--start", "tomorrow"], "write a date such as '2024-07-01'"),
        (["--days", "0"], "above 0"),
        (["--csv", "table.txt"], "ends in .csv or .parquet"),
    ],
)
def test_wrong_option_is_named_with_value_and_remedy(args: list[str], words: str, tmp_path: Path) -> None:
    result = enerwise("simulate", a_site_file(tmp_path), *args)
    assert result.exit_code == 2
    assert words in said(result)


def test_store_with_the_history_of_a_site_is_left_as_it_is(tmp_path: Path) -> None:
    from enerwise.store.sqlite import SqliteStore

    SqliteStore(tmp_path / "home.db").close()
    result = enerwise("simulate", a_site_file(tmp_path), "--days", 1, "--store", tmp_path / "home.db")
    assert result.exit_code == 2
    assert "holds the history of a running site" in said(result)
    (tmp_path / "notes.db").write_text("not a store")
    assert "left as it is" in said(enerwise("simulate", tmp_path / "home.yaml", "--store", tmp_path / "notes.db"))
