"""What people need when something is wrong: read from the site file, or refused with place and remedy."""

import pytest

from enerwise.site.help import Contact, Help
from enerwise.site.read import find_problems, read_site

HOME = """\
name: Home
timezone: Europe/Berlin
connection: {import_limit: 9 kW, export_limit: 9 kW}
tariff: {import: 0.30 EUR/kWh}
assets: [{id: home, kind: load, name: Everything}, {id: roof, kind: pv, peak: 6 kWp}]
"""


def test_a_site_that_says_nothing_has_no_help_and_names_its_assets_by_id() -> None:
    site = read_site(HOME)
    assert site.safety == Help()
    assert [each.name for each in site] == ["Everything", ""]


def test_switch_steps_and_contacts_are_read_as_written() -> None:
    site = read_site(
        HOME
        + """\
safety:
  main_switch: in the cellar, left of the door
  recovery: [Look for smoke and smell., Ask who pressed stop.]
  contacts: [{name: Elektro Meier, phone: "+49 30 1234567", role: installer}, {name: Fire brigade, phone: "112"}]
"""
    )
    assert site.safety.main_switch == "in the cellar, left of the door"
    assert site.safety.recovery == ("Look for smoke and smell.", "Ask who pressed stop.")
    assert site.safety.contacts == (
        Contact("Elektro Meier", "+49 30 1234567", "installer"),
        Contact("Fire brigade", "112"),
    )


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{contacts: [{name: Meier}]}", "safety.contacts[0].phone (line 6): is missing; add 'phone: "),
        ("{main_swich: cellar}", "did you mean 'main_switch'?"),
        ("cellar", "safety (line 6)"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(written: str, told: str) -> None:
    (problem,) = find_problems(f"{HOME}safety: {written}\n")
    assert told in str(problem)


def test_a_device_says_what_it_is_called_and_where_it_is_switched_off() -> None:
    site = read_site(
        HOME
        + """\
devices:
  - {id: meter, driver: modbus_tcp, address: 127.0.0.1, profile: eastron_sdm630, serves: {meter: grid},
     name: Meter, place: fuse 7}
"""
    )
    assert (site.devices[0].name, site.devices[0].place) == ("Meter", "fuse 7")
