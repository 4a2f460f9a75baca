"""The example in docs/guides/add-a-device.md does what the page says."""

import re
from pathlib import Path

from enerwise.devices.points import CommsLoss, Point, Register, Setpoint, Step
from enerwise.devices.profile import Profile
from enerwise.devices.profile_read import parse_profile
from enerwise.testing.contracts.profiles import ProfileContract
from enerwise.testing.contracts.recording import Recording, parse_recording

PAGE = Path(__file__).parents[3] / "docs" / "guides" / "add-a-device.md"
INSIDE = {"register", "steps", "name", "points", "setpoints", "heartbeat", "sunspec", "comms_loss"}
"""Fields that hold others, or that nobody writes."""


def blocks(language: str) -> list[str]:
    """Return the examples on the page in one language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)


class TestThePage(ProfileContract):
    profile = "acme_store"
    recording = PAGE

    def make(self) -> Profile:
        return parse_profile(blocks("toml")[0], source="acme_store.toml")

    def recorded(self) -> Recording:
        return parse_recording(blocks("toml")[1])


def test_the_test_on_the_page_is_a_contract() -> None:
    names: dict[str, object] = {"__file__": str(PAGE), "__name__": "page"}
    exec(blocks("python")[0], names)
    made = names["TestAcmeStore"]
    assert isinstance(made, type)
    assert issubclass(made, ProfileContract)


def test_the_page_names_every_field() -> None:
    text = PAGE.read_text(encoding="utf-8")
    fields = {
        name for kind in (Profile, Point, Register, Setpoint, Step, CommsLoss) for name in kind.__dataclass_fields__
    }
    assert not [name for name in sorted(fields - INSIDE) if f"`{name}`" not in text and f"{name} =" not in text]
