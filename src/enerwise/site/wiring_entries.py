"""``devices`` of the site file: which box on which wire stands for which asset."""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from enerwise.site import wiring
from enerwise.site.entry import Entry
from enerwise.site.values import AssetId, Power, Seconds, Serves, Text, UnitId, Word, Wrong, YesNo
from enerwise.site.wiring import COMMS_LOSS_S, DOOR_DRIVERS, DRIVERS, Device

DEFAULT_PORT: Final = 502
_DEVICE: Final = Device("default", wiring.MODBUS_TCP, "")
Driver = Annotated[str, Word(DRIVERS), Field(examples=["modbus_tcp"])]


class DeviceEntry(Entry):
    """One device."""

    id: AssetId
    driver: Driver
    address: Annotated[Text, Field(examples=["192.168.1.20:502"])]
    profile: Annotated[Text | None, Field(examples=["sunspec_storage"])] = None
    serves: Annotated[Serves, Field(examples=["{battery: battery, meter: grid}"])]
    unit: UnitId = _DEVICE.unit_id
    baud: Annotated[int, Field(examples=["9600"])] = _DEVICE.baud_count
    poll: Seconds = _DEVICE.poll_s
    timeout: Seconds = _DEVICE.timeout_s
    comms_loss: Seconds | None = None
    ramp_per_s: Annotated[Power | None, Field(examples=["1 kW"])] = None
    read_only: YesNo = _DEVICE.is_read_only
    name: Annotated[Text, Field(examples=["Hybrid inverter"])] = ""
    place: Annotated[Text, Field(examples=['"fuse 7 in the cellar board"'])] = ""
    options: Annotated[dict[str, str], Field(default_factory=dict)]

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.driver in DOOR_DRIVERS and self.profile is None:
            raise Wrong(f"speaks {self.driver} and has no profile", "add 'profile: ...'; `enerwise devices profiles`")
        if self.driver in wiring.GATEWAY_DRIVERS and self.ramp_per_s is not None:
            raise Wrong(f"speaks {self.driver}, whose setpoints have no ramp", "remove 'ramp_per_s'")
        if self.driver == wiring.MODBUS_TCP:
            _checked_port(self.address)
        if self.timeout > self.poll:
            raise Wrong(f"waits {self.timeout:g} s for an answer and asks every {self.poll:g} s", "write less")
        return self

    def device(self) -> Device:
        """Hand over the device."""
        has_port = self.driver != wiring.MODBUS_TCP or ":" in self.address
        return Device(
            id=self.id,
            driver=self.driver,
            address=self.address if has_port else f"{self.address}:{DEFAULT_PORT}",
            profile=self.profile or "",
            serves=self.serves,
            unit_id=self.unit,
            baud_count=self.baud,
            poll_s=self.poll,
            timeout_s=self.timeout,
            comms_loss_s=self.comms_loss or COMMS_LOSS_S.get(self.driver, _DEVICE.comms_loss_s),
            ramp_w_per_s=self.ramp_per_s or _DEVICE.ramp_w_per_s,
            is_read_only=self.read_only,
            options=self.options,
            name=self.name,
            place=self.place,
        )


def _checked_port(address: str) -> None:
    _, colon, port = address.rpartition(":")
    if colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Wrong(f"{address!r} is no address", "write host or host:port, such as 192.168.1.20:502")
