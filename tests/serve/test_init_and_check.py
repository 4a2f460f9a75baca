"""Does `init` write files that `check` understands, and does `check` tell what it understood?"""

from pathlib import Path

import pytest

from enerwise.serve.commands.init import TEMPLATES, Answers, example_prices, site_text
from enerwise.site.read import read_site
from tests.serve.builders import a_site_file, enerwise, said


@pytest.mark.parametrize("template", TEMPLATES)
def test_check_accepts_every_template(template: str, tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    assert enerwise("init", path, "--template", template, "--yes").exit_code == 0
    result = enerwise("check", path)
    assert result.exit_code == 0, said(result)
    assert "battery" in said(result)


@pytest.mark.parametrize("template", [each for each in TEMPLATES if each != "spot"])
def test_home_without_pv_and_battery_is_a_site(template: str) -> None:
    answers = Answers(name="Tür: #7", pv_peak="0", capacity="0", battery_power="0")
    site = read_site(site_text(answers, template, Path("x.yaml")))
    assert site.name == "Tür: #7"
    assert [each.id for each in site] == ["home"]


def test_spot_template_brings_a_year_of_prices(tmp_path: Path) -> None:
    enerwise("init", tmp_path / "site.yaml", "--template", "spot", "--yes")
    assert (tmp_path / "prices-example.csv").read_text() == example_prices()
    assert len(example_prices().splitlines()) == 1 + 366 * 24


def test_questions_are_asked_again_until_they_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    answers = ["Lindenweg 8", "Berlin", "Europe/Berlin", "6", "8 kWp", "10 kWh", "4 kW", "flat", "0.31 EUR/kWh", ""]
    result = enerwise("init", path, input="\n".join(answers) + "\n")
    assert result.exit_code == 0, said(result)
    assert "'Berlin' cannot be read" in said(result)
    assert "add the unit" in said(result)
    site = read_site(path.read_text())
    assert site.name == "Lindenweg 8"
    assert site.tariff.import_rate.otherwise_eur_per_kwh == 0.31


def test_file_that_is_there_stays(tmp_path: Path) -> None:
    path = a_site_file(tmp_path, "precious")
    result = enerwise("init", path, "--yes")
    assert result.exit_code == 2
    assert "--force" in said(result)
    assert path.read_text() == "precious"
    assert enerwise("init", path, "--yes", "--force").exit_code == 0


def test_unknown_template_is_refused_with_a_suggestion(tmp_path: Path) -> None:
    result = enerwise("init", tmp_path / "site.yaml", "--template", "spott", "--yes")
    assert result.exit_code == 2
    assert "did you mean 'spot'?" in said(result)


def test_check_tells_what_it_understood(tmp_path: Path) -> None:
    told = said(enerwise("check", a_site_file(tmp_path)))
    assert "52.0 ct/kWh 14:00 to 20:00 on weekdays; otherwise 27.0 ct/kWh" in told
    assert "4.20 EUR/kW per month on the highest 15 min of buying, above 2.50 kW" in told
    assert "13.5 kWh" in told


def test_check_reports_all_problems_at_once(tmp_path: Path) -> None:
    text = "name: X\ntimezone: Mars\nconnection: {import_limit: 9, export_limit: 9 kW}\nassets: []\n"
    result = enerwise("check", a_site_file(tmp_path, text))
    assert result.exit_code == 2
    assert "4 problems" in said(result)
    assert all(place in said(result) for place in ("timezone", "connection.import_limit", "assets", "tariff"))


def test_check_remarks_on_what_is_allowed_and_surprising(tmp_path: Path) -> None:
    text = "name: X\ntimezone: UTC\nconnection: {import_limit: 9 kW, export_limit: 0 kW, fuse: 20 A}\n"
    text += "tariff: {import: 0.30 EUR/kWh}\nassets: [{id: roof, kind: pv, peak: 5 kWp}]\n"
    told = said(enerwise("check", a_site_file(tmp_path, text)))
    assert "without a battery there is little to plan" in told
    assert "the fuse carries 4.60 kW, less than the import limit of 9.00 kW" in told
