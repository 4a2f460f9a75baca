"""Does the demo end by itself with its savings, and does a live site start, tell what it does, and stop cleanly?"""

import json
from pathlib import Path

import pytest

from tests.serve.builders import FLAT, a_site_file, enerwise, said


def test_demo_runs_without_a_terminal_and_ends_with_the_savings(tmp_path: Path) -> None:
    result = enerwise("demo", "--days", 1, "--out", tmp_path)
    assert result.exit_code == 0, said(result)
    told = said(result)
    assert "Nothing real is moved" in told
    assert all(name in told for name in ("Idle battery", "Self-consumption", "Enerwise plan", "Perfect foresight"))
    assert (tmp_path / "savings.svg").is_file()
    assert json.loads((tmp_path / "savings.json").read_text())["day_count"] == 1
    answer = enerwise("why", "14:05", "--store", tmp_path / "demo.db")
    assert "On 2024-03-11 at 14:05 battery was" in said(answer)


def test_live_site_runs_on_twins_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    site = a_site_file(tmp_path, FLAT)
    for _ in range(2):
        result = enerwise("run", site, "--days", "0.000005")
        assert result.exit_code == 0, said(result)
        assert "simulated twins" in said(result)
        assert "home.db is closed" in said(result)
    from enerwise.core.event import Kind
    from enerwise.serve.stores import open_store

    store = open_store(tmp_path / "home.db", read_only=True)
    assert len(store.events(kind=Kind.PERMITTED, subject="battery")) == 2
    store.close()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], "name a site file, or write --demo"),
        (["SITE", "--days", "1", "--seconds", "5"], "leave out --days"),
        (["SITE", "--port", "70000"], "'70000' is no port"),
        (["SITE", "--port", "8600", "--tls-cert", "a.pem"], "name both"),
        (["SITE", "--port", "8600", "--client-ca", "ca.pem"], "needs TLS"),
        (["SITE", "--port", "8600", "--host", "0.0.0.0", "--origin", "http://home.example"], "is plain HTTP"),
        (["SITE", "--demo"], "name a site file, or write --demo"),
        (["SITE", "--turn", "20 min"], "use a part of the planning step of 15 min"),
        (["SITE", "--days", "99"], "up to 30"),
    ],
)
def test_wrong_option_is_named_with_value_and_remedy(args: list[str], words: str, tmp_path: Path) -> None:
    site = a_site_file(tmp_path, FLAT)
    result = enerwise("run", *[site if each == "SITE" else each for each in args])
    assert result.exit_code == 2
    assert words in said(result)


def test_demo_refuses_less_than_a_day() -> None:
    result = enerwise("demo", "--days", "0.2")
    assert result.exit_code == 2
    assert "write 1 day or more" in said(result)


def test_live_site_refuses_the_store_of_a_simulation(tmp_path: Path) -> None:
    site = a_site_file(tmp_path, FLAT)
    enerwise("simulate", site, "--days", 1, "--mode", "passive", "--step", "1 h", "--store", tmp_path / "home.db")
    result = enerwise("run", site, "--days", "0.000005")
    assert result.exit_code == 2
    assert "was filled by a simulation or backtest" in said(result)
