"""Devices, as told and as asked for. Powers in W, positive is taken; times are UTC."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

Address = Annotated[str, Field(min_length=1, max_length=260, examples=["192.168.1.20:502"])]
Unit = Annotated[int, Field(ge=0, le=255)]
ShortName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", examples=["meter"])]
ProfileName = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$", examples=["sunspec_meter"])]
Role = Annotated[str, Field(min_length=1, max_length=60)]


class DeviceBrief(BaseModel):
    """One device, and how it answers."""

    id: str
    name: str
    driver: str
    address: str
    unit_id: int
    profile: str
    product: str
    """What the profile is for."""
    serves: dict[str, str]
    """Role of the profile -> asset, or `grid`."""
    place: str
    is_read_only: bool
    answers: bool | None = None
    """None where nobody knows: no door, or not started yet."""
    last_at: str | None = None
    problems: list[str] = []
    power_w: float | None = None
    """Of what it serves, where that is one thing."""
    soc_ratio: float | None = None
    today_kwh: float | None = None
    waits_for_start: bool = False
    """Whether it was added since the site was started."""


class DevicePage(BaseModel):
    """Devices of a site, in the order of its file."""

    items: list[DeviceBrief]
    next: str | None = None


class DeviceValue(BaseModel):
    """What is measured, and when."""

    role: str
    asset: str
    quantity: str
    key: str
    """Of its history."""
    value: float | None
    at: str | None
    age_s: float | None


class DeviceLimit(BaseModel):
    """A limit in force on what it serves."""

    name: str
    subject: str
    value: float
    unit: str
    source: str
    who: str = ""
    until: str | None = None


class SignCheck(BaseModel):
    """The last check of signs by a person."""

    at: str
    who: str
    result: str


class CommsLossShape(BaseModel):
    """What it does by itself when it hears nothing."""

    seconds: float
    action: str
    holds: bool | None


class DeviceDetail(DeviceBrief):
    """One device with everything that is known."""

    values: list[DeviceValue] = []
    limits: list[DeviceLimit] = []
    signs: SignCheck | None = None
    firmware: str = ""
    serial: str = ""
    lost_count: int | None = None
    """Answers it owes since the door began."""
    write_count: int | None = None
    comms_loss: CommsLossShape | None = None
    """None for what is only read."""


class DeviceCommand(BaseModel):
    """One command: what was asked, what was allowed, what was sent, what was seen."""

    id: str
    at: str
    asset: str
    asked_w: float | None
    granted_w: float | None
    sent_w: float | None
    measured_w: float | None
    outcome: str
    rule: str
    who: str


class DeviceCommandPage(BaseModel):
    """Commands, the newest first."""

    items: list[DeviceCommand]
    next: str | None = None


class ProfileShape(BaseModel):
    """A product there is a profile for."""

    name: str
    product: str
    roles: list[str]


class ProfilePage(BaseModel):
    """All profiles."""

    items: list[ProfileShape]
    next: str | None = None


class NetworkPage(BaseModel):
    """Private networks that this machine is part of."""

    items: list[str]
    next: str | None = None


class SearchRequest(BaseModel):
    """Where to look."""

    network: Annotated[str, Field(min_length=1, max_length=60, examples=["192.168.1.0/24"])]
    port: Annotated[int, Field(ge=1, le=65535)] = 502


class FoundShape(BaseModel):
    """Whoever answers."""

    address: str
    unit_id: int
    product: str
    profiles: list[str]
    note: str


class SearchShape(BaseModel):
    """A search and how far it is."""

    id: str
    network: str
    state: Literal["running", "done", "failed", "cancelled"]
    asked: int
    total: int
    found: list[FoundShape]
    why: str = ""


class ProbeRequest(BaseModel):
    """Which device to look at."""

    address: Address
    unit_id: Unit = 1
    profile: ProfileName | None = None


class ReadingShape(BaseModel):
    """One value in house units and the house sign."""

    role: str
    quantity: str
    value: float | None


class MatchShape(BaseModel):
    """What a profile reads from it."""

    profile: str
    product: str
    makes_sense: bool
    roles: list[str]
    values: list[ReadingShape]
    why: str


class ProbeShape(BaseModel):
    """What a device says, by the profiles that can read it."""

    address: str
    unit_id: int
    matches: list[MatchShape]


class NewDevice(BaseModel):
    """A device to be added to the site file."""

    id: ShortName
    name: Annotated[str, Field(max_length=80)] = ""
    place: Annotated[str, Field(max_length=120)] = ""
    driver: Literal["modbus_tcp"] = "modbus_tcp"
    address: Address
    unit_id: Unit = 1
    profile: ProfileName
    serves: Annotated[dict[Role, Role], Field(min_length=1, max_length=20)]
    is_read_only: bool = True
    signs: dict[Role, Literal["right", "turned", "unsure", "measured"]] = {}
    """What a person or a kettle said to each."""


class AddedDevice(DeviceBrief):
    """What was added."""

    restart_needed: bool = True
    detail: str = "it takes effect when the site is started again"
    old_file: str
    """Where the site file lies as it was."""


class SignRequest(BaseModel):
    """Which meter to watch while a load is switched."""

    device: ShortName | None = None
    load_w: Annotated[float, Field(ge=200, le=22_000)] = 2000


class SignShape(BaseModel):
    """A check of the meter's sign, and how far it is."""

    id: str
    device: str
    state: Literal["before", "waiting", "done", "failed", "cancelled"]
    before_w: float | None
    now_w: float | None
    rise_w: float | None
    load_w: float
    verdict: Literal["right", "turned", "unclear"] | None
    why: str = ""
