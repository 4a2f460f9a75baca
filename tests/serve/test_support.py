"""The support report: it helps, and no word that people wrote appears in it."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from enerwise.core.event import Event, Kind
from enerwise.serve.sites import remember
from enerwise.serve.support import KEPT_WORDS, Veil
from enerwise.site.read import read_site
from enerwise.store.sqlite import SqliteStore
from tests.serve.api.builders import HOME, OWN, Client, a_client

SECRETS = (
    "Lindenweg", "Hybrid inverter", "fuse 7", "127.0.0.1", "15020", "Elektro Meier", "Meier", "1234567", "cellar",
    "Hot water", "ada@example.org", "SN4711AB8899", "ew_abcdef.ghijklmnop", "192.168.7.44", "hunter2",
)  # fmt: skip


@pytest.fixture
def troubled(tmp_path: Path) -> Client:
    """A home whose faults tell more than they should."""
    client = a_client(tmp_path)
    now = client.face.clock.now()
    words = (
        "hybrid (Hybrid inverter, fuse 7): 127.0.0.1:15020 refused; serial SN4711AB8899; ask ada@example.org of "
        "Elektro Meier, "
        "+49 30 1234567; key ew_abcdef.ghijklmnop; seen 192.168.7.44; password=hunter2; /home/ada/home.yaml"
    )
    store = SqliteStore(tmp_path / f"{OWN}.db")
    remember(store, "# the house of Ada, in the cellar\n" + HOME.format(name="Lindenweg 8"), tmp_path, now)
    store.note([Event("x/1", now - np.timedelta64(60, "s"), Kind.FAULT, "planning", {"error": words})])
    store.close()
    return client


def test_a_report_tells_what_runs_how_it_stands_and_what_failed(troubled: Client) -> None:
    told = troubled.as_(f"viewer@{OWN}").get(f"/sites/{OWN}/support-report").json()
    assert told["versions"]["enerwise"]
    assert [each["part"] for each in told["health"]][:2] == ["door", "site"]
    assert told["devices"][0]["profile"] == "generic_hybrid"
    assert told["devices"][0]["serves"] == {"battery": "battery-1", "pv": "pv-1", "meter": "grid"}
    assert {each["id"]: each["kind"] for each in told["config"]["assets"]}["battery-1"] == "battery"
    assert told["config"]["assets"][1]["capacity_wh"] == 13500.0
    assert "refused" in told["faults"][-1]["why"]
    assert "device-1" in told["faults"][-1]["why"]


def test_no_name_place_address_number_or_secret_appears(troubled: Client) -> None:
    for form in ("json", "text"):
        text = troubled.get(f"/sites/{OWN}/support-report?form={form}").text
        assert not [each for each in SECRETS if each.lower() in text.lower()]
        assert "Ada" not in text


def test_the_text_is_what_the_data_is(troubled: Client) -> None:
    text = troubled.get(f"/sites/{OWN}/support-report?form=text").text
    assert text.startswith("Enerwise support report, ")
    assert "enerwise: 0." in text
    assert "battery-1" in text


WORD = st.text(st.characters(categories=("Ll", "Lu"), max_codepoint=0x24F), min_size=5, max_size=12)


@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])
@given(words=st.lists(WORD, min_size=7, max_size=7, unique_by=str.lower), data=st.data())
def test_no_word_of_any_site_file_survives(words: list[str], data: st.DataObject) -> None:
    ours = " ".join([*KEPT_WORDS, "hidden", "device", "battery-1 load-1 load-2 pv-1", "no answer from is silent"])
    assume(not any(word.lower() in ours.lower() for word in words))
    site_name, contact, switch, device, place, asset, secret = words
    document = yaml.safe_load(HOME.format(name=site_name))
    document["safety"] = {
        "main_switch": switch, "recovery": [secret],
        "contacts": [{"name": contact, "phone": "+49 30 99887766", "role": "installer"}],
    }  # fmt: skip
    document["devices"][0] |= {"name": device, "place": place, "address": "192.168.9.7:15020"}
    document["assets"][3]["name"] = asset
    text = yaml.safe_dump(document, allow_unicode=True)
    veil = Veil(read_site(text), text)
    order = data.draw(st.permutations([*words, "192.168.9.7:15020", "+49 30 99887766", "hybrid"]))
    told = veil.text(" no answer from ".join(order) + " is silent").lower()
    assert not [each for each in (*words, "192.168.9.7", "99887766", "hybrid") if each.lower() in told]
    assert "no answer from" in told


def test_words_of_ours_stay() -> None:
    site = read_site(HOME.format(name="Lindenweg 8"))
    veil = Veil(site, HOME.format(name="Lindenweg 8"))
    assert (
        veil.text("grid: mode follow_plan, 4.5 kW, generic_hybrid") == "grid: mode follow_plan, 4.5 kW, generic_hybrid"
    )
    assert json.dumps(veil.ids) == json.dumps(
        {"hybrid": "device-1", "roof": "pv-1", "battery": "battery-1", "home": "load-1", "boiler": "load-2"}
    )
