from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.asset_shape import AssetShape
    from ..models.connection_shape import ConnectionShape
    from ..models.contact_shape import ContactShape


T = TypeVar("T", bound="SiteShape")


@_attrs_define
class SiteShape:
    """A site.

    Attributes:
        id (str):
        name (str):
        timezone (str):
        currency (str):
        is_demo (bool):
        connection (ConnectionShape): How the site hangs on the grid, now.
        control_mode (str):
        step_s (int):
        carbon_source (None | str):
        assets (list[AssetShape]):
        main_switch (str):
        recovery (list[str]):
        contacts (list[ContactShape]):
    """

    id: str
    name: str
    timezone: str
    currency: str
    is_demo: bool
    connection: ConnectionShape
    control_mode: str
    step_s: int
    carbon_source: None | str
    assets: list[AssetShape]
    main_switch: str
    recovery: list[str]
    contacts: list[ContactShape]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        timezone = self.timezone

        currency = self.currency

        is_demo = self.is_demo

        connection = self.connection.to_dict()

        control_mode = self.control_mode

        step_s = self.step_s

        carbon_source: None | str
        carbon_source = self.carbon_source

        assets = []
        for assets_item_data in self.assets:
            assets_item = assets_item_data.to_dict()
            assets.append(assets_item)

        main_switch = self.main_switch

        recovery = self.recovery

        contacts = []
        for contacts_item_data in self.contacts:
            contacts_item = contacts_item_data.to_dict()
            contacts.append(contacts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "timezone": timezone,
                "currency": currency,
                "is_demo": is_demo,
                "connection": connection,
                "control_mode": control_mode,
                "step_s": step_s,
                "carbon_source": carbon_source,
                "assets": assets,
                "main_switch": main_switch,
                "recovery": recovery,
                "contacts": contacts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.asset_shape import AssetShape  # noqa: PLC0415
        from ..models.connection_shape import ConnectionShape  # noqa: PLC0415
        from ..models.contact_shape import ContactShape  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        timezone = d.pop("timezone")

        currency = d.pop("currency")

        is_demo = d.pop("is_demo")

        connection = ConnectionShape.from_dict(d.pop("connection"))

        control_mode = d.pop("control_mode")

        step_s = d.pop("step_s")

        def _parse_carbon_source(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        carbon_source = _parse_carbon_source(d.pop("carbon_source"))

        assets = []
        _assets = d.pop("assets")
        for assets_item_data in _assets:
            assets_item = AssetShape.from_dict(assets_item_data)

            assets.append(assets_item)

        main_switch = d.pop("main_switch")

        recovery = cast(list[str], d.pop("recovery"))

        contacts = []
        _contacts = d.pop("contacts")
        for contacts_item_data in _contacts:
            contacts_item = ContactShape.from_dict(contacts_item_data)

            contacts.append(contacts_item)

        site_shape = cls(
            id=id,
            name=name,
            timezone=timezone,
            currency=currency,
            is_demo=is_demo,
            connection=connection,
            control_mode=control_mode,
            step_s=step_s,
            carbon_source=carbon_source,
            assets=assets,
            main_switch=main_switch,
            recovery=recovery,
            contacts=contacts,
        )

        site_shape.additional_properties = d
        return site_shape

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
