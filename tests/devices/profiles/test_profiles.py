"""Every profile that comes with Enerwise, held to the contract by a recording of its own."""

from pathlib import Path

import pytest

from enerwise.devices.profiles import profile_names
from enerwise.testing.contracts.profiles import ProfileContract

from . import make_recordings
from .devices import DEVICES

RECORDINGS = Path(__file__).with_name("recordings")


class TestEastronSdm630(ProfileContract):
    profile = "eastron_sdm630"
    recording = RECORDINGS / "eastron_sdm630.toml"


class TestCarloGavazziEm340(ProfileContract):
    profile = "carlo_gavazzi_em340"
    recording = RECORDINGS / "carlo_gavazzi_em340.toml"


class TestCarloGavazziEm24(ProfileContract):
    profile = "carlo_gavazzi_em24"
    recording = RECORDINGS / "carlo_gavazzi_em24.toml"


class TestGenericHybrid(ProfileContract):
    profile = "generic_hybrid"
    recording = RECORDINGS / "generic_hybrid.toml"


class TestGenericBms(ProfileContract):
    profile = "generic_bms"
    recording = RECORDINGS / "generic_bms.toml"


class TestGenericRelay(ProfileContract):
    profile = "generic_relay"
    recording = RECORDINGS / "generic_relay.toml"


class TestSmaStorage(ProfileContract):
    profile = "sma_storage"
    recording = RECORDINGS / "sma_storage.toml"


class TestHuaweiSun2000(ProfileContract):
    profile = "huawei_sun2000"
    recording = RECORDINGS / "huawei_sun2000.toml"


class TestVictronVebus(ProfileContract):
    profile = "victron_vebus"
    recording = RECORDINGS / "victron_vebus.toml"


class TestVictronVebus3p(ProfileContract):
    profile = "victron_vebus_3p"
    recording = RECORDINGS / "victron_vebus_3p.toml"


class TestVictronSystem(ProfileContract):
    profile = "victron_system"
    recording = RECORDINGS / "victron_system.toml"


class TestSunspecInverter(ProfileContract):
    profile = "sunspec_inverter"
    recording = RECORDINGS / "sunspec_inverter.toml"


class TestSunspecStorage(ProfileContract):
    profile = "sunspec_storage"
    recording = RECORDINGS / "sunspec_storage.toml"


class TestSunspec7xx(ProfileContract):
    profile = "sunspec_7xx"
    recording = RECORDINGS / "sunspec_7xx.toml"


class TestSunspecMeter(ProfileContract):
    profile = "sunspec_meter"
    recording = RECORDINGS / "sunspec_meter.toml"


class TestSunspecBms(ProfileContract):
    profile = "sunspec_bms"
    recording = RECORDINGS / "sunspec_bms.toml"


class TestFroniusGen24(ProfileContract):
    profile = "fronius_gen24"
    recording = RECORDINGS / "fronius_gen24.toml"


def test_every_profile_has_a_test_here() -> None:
    tested = {each.profile for each in ProfileContract.__subclasses__() if each.__module__ == __name__}
    assert tested == set(profile_names())


@pytest.mark.parametrize("name", sorted(DEVICES))
def test_recordings_are_what_their_maker_writes(name: str) -> None:
    assert (RECORDINGS / f"{name}.toml").read_text(encoding="utf-8") == make_recordings.text(name)
