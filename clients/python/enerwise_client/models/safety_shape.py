from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.check_shape import CheckShape
    from ..models.contact_lost_shape import ContactLostShape
    from ..models.contact_shape import ContactShape
    from ..models.limit_shape import LimitShape
    from ..models.place_shape import PlaceShape
    from ..models.stop_shape import StopShape
    from ..models.trip_shape import TripShape
    from ..models.watchdog_shape import WatchdogShape


T = TypeVar("T", bound="SafetyShape")


@_attrs_define
class SafetyShape:
    """Everything about safety at a site.

    Attributes:
        state (str):
        why (str):
        limits (list[LimitShape]):
        watchdogs (list[WatchdogShape]):
        claims_fast_stop (bool):
        remarks (list[str]):
        stops (list[StopShape]):
        trips (list[TripShape]):
        contact_lost (list[ContactLostShape]):
        checklist (list[CheckShape]):
        recovery (list[str]):
        contacts (list[ContactShape]):
        main_switch (str):
        devices (list[PlaceShape]):
    """

    state: str
    why: str
    limits: list[LimitShape]
    watchdogs: list[WatchdogShape]
    claims_fast_stop: bool
    remarks: list[str]
    stops: list[StopShape]
    trips: list[TripShape]
    contact_lost: list[ContactLostShape]
    checklist: list[CheckShape]
    recovery: list[str]
    contacts: list[ContactShape]
    main_switch: str
    devices: list[PlaceShape]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        state = self.state

        why = self.why

        limits = []
        for limits_item_data in self.limits:
            limits_item = limits_item_data.to_dict()
            limits.append(limits_item)

        watchdogs = []
        for watchdogs_item_data in self.watchdogs:
            watchdogs_item = watchdogs_item_data.to_dict()
            watchdogs.append(watchdogs_item)

        claims_fast_stop = self.claims_fast_stop

        remarks = self.remarks

        stops = []
        for stops_item_data in self.stops:
            stops_item = stops_item_data.to_dict()
            stops.append(stops_item)

        trips = []
        for trips_item_data in self.trips:
            trips_item = trips_item_data.to_dict()
            trips.append(trips_item)

        contact_lost = []
        for contact_lost_item_data in self.contact_lost:
            contact_lost_item = contact_lost_item_data.to_dict()
            contact_lost.append(contact_lost_item)

        checklist = []
        for checklist_item_data in self.checklist:
            checklist_item = checklist_item_data.to_dict()
            checklist.append(checklist_item)

        recovery = self.recovery

        contacts = []
        for contacts_item_data in self.contacts:
            contacts_item = contacts_item_data.to_dict()
            contacts.append(contacts_item)

        main_switch = self.main_switch

        devices = []
        for devices_item_data in self.devices:
            devices_item = devices_item_data.to_dict()
            devices.append(devices_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
                "why": why,
                "limits": limits,
                "watchdogs": watchdogs,
                "claims_fast_stop": claims_fast_stop,
                "remarks": remarks,
                "stops": stops,
                "trips": trips,
                "contact_lost": contact_lost,
                "checklist": checklist,
                "recovery": recovery,
                "contacts": contacts,
                "main_switch": main_switch,
                "devices": devices,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.check_shape import CheckShape  # noqa: PLC0415
        from ..models.contact_lost_shape import ContactLostShape  # noqa: PLC0415
        from ..models.contact_shape import ContactShape  # noqa: PLC0415
        from ..models.limit_shape import LimitShape  # noqa: PLC0415
        from ..models.place_shape import PlaceShape  # noqa: PLC0415
        from ..models.stop_shape import StopShape  # noqa: PLC0415
        from ..models.trip_shape import TripShape  # noqa: PLC0415
        from ..models.watchdog_shape import WatchdogShape  # noqa: PLC0415

        d = dict(src_dict)
        state = d.pop("state")

        why = d.pop("why")

        limits = []
        _limits = d.pop("limits")
        for limits_item_data in _limits:
            limits_item = LimitShape.from_dict(limits_item_data)

            limits.append(limits_item)

        watchdogs = []
        _watchdogs = d.pop("watchdogs")
        for watchdogs_item_data in _watchdogs:
            watchdogs_item = WatchdogShape.from_dict(watchdogs_item_data)

            watchdogs.append(watchdogs_item)

        claims_fast_stop = d.pop("claims_fast_stop")

        remarks = cast(list[str], d.pop("remarks"))

        stops = []
        _stops = d.pop("stops")
        for stops_item_data in _stops:
            stops_item = StopShape.from_dict(stops_item_data)

            stops.append(stops_item)

        trips = []
        _trips = d.pop("trips")
        for trips_item_data in _trips:
            trips_item = TripShape.from_dict(trips_item_data)

            trips.append(trips_item)

        contact_lost = []
        _contact_lost = d.pop("contact_lost")
        for contact_lost_item_data in _contact_lost:
            contact_lost_item = ContactLostShape.from_dict(contact_lost_item_data)

            contact_lost.append(contact_lost_item)

        checklist = []
        _checklist = d.pop("checklist")
        for checklist_item_data in _checklist:
            checklist_item = CheckShape.from_dict(checklist_item_data)

            checklist.append(checklist_item)

        recovery = cast(list[str], d.pop("recovery"))

        contacts = []
        _contacts = d.pop("contacts")
        for contacts_item_data in _contacts:
            contacts_item = ContactShape.from_dict(contacts_item_data)

            contacts.append(contacts_item)

        main_switch = d.pop("main_switch")

        devices = []
        _devices = d.pop("devices")
        for devices_item_data in _devices:
            devices_item = PlaceShape.from_dict(devices_item_data)

            devices.append(devices_item)

        safety_shape = cls(
            state=state,
            why=why,
            limits=limits,
            watchdogs=watchdogs,
            claims_fast_stop=claims_fast_stop,
            remarks=remarks,
            stops=stops,
            trips=trips,
            contact_lost=contact_lost,
            checklist=checklist,
            recovery=recovery,
            contacts=contacts,
            main_switch=main_switch,
            devices=devices,
        )

        safety_shape.additional_properties = d
        return safety_shape

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
