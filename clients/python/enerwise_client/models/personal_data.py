from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.personal_data_apps_item import PersonalDataAppsItem
    from ..models.personal_data_audit_item import PersonalDataAuditItem
    from ..models.personal_data_codes_item import PersonalDataCodesItem
    from ..models.personal_data_consents_item import PersonalDataConsentsItem
    from ..models.personal_data_keys_item import PersonalDataKeysItem
    from ..models.personal_data_outside_links_item import PersonalDataOutsideLinksItem
    from ..models.personal_data_passkeys_item import PersonalDataPasskeysItem
    from ..models.personal_data_person import PersonalDataPerson
    from ..models.personal_data_roles_item import PersonalDataRolesItem
    from ..models.personal_data_sessions_item import PersonalDataSessionsItem


T = TypeVar("T", bound="PersonalData")


@_attrs_define
class PersonalData:
    """Everything that is kept about a person, secrets left out.

    Attributes:
        exported_at (str):
        person (PersonalDataPerson):
        sessions (list[PersonalDataSessionsItem]):
        roles (list[PersonalDataRolesItem]):
        keys (list[PersonalDataKeysItem]):
        codes (list[PersonalDataCodesItem]):
        passkeys (list[PersonalDataPasskeysItem]):
        outside_links (list[PersonalDataOutsideLinksItem]):
        consents (list[PersonalDataConsentsItem]):
        apps (list[PersonalDataAppsItem]):
        audit (list[PersonalDataAuditItem]):
    """

    exported_at: str
    person: PersonalDataPerson
    sessions: list[PersonalDataSessionsItem]
    roles: list[PersonalDataRolesItem]
    keys: list[PersonalDataKeysItem]
    codes: list[PersonalDataCodesItem]
    passkeys: list[PersonalDataPasskeysItem]
    outside_links: list[PersonalDataOutsideLinksItem]
    consents: list[PersonalDataConsentsItem]
    apps: list[PersonalDataAppsItem]
    audit: list[PersonalDataAuditItem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        exported_at = self.exported_at

        person = self.person.to_dict()

        sessions = []
        for sessions_item_data in self.sessions:
            sessions_item = sessions_item_data.to_dict()
            sessions.append(sessions_item)

        roles = []
        for roles_item_data in self.roles:
            roles_item = roles_item_data.to_dict()
            roles.append(roles_item)

        keys = []
        for keys_item_data in self.keys:
            keys_item = keys_item_data.to_dict()
            keys.append(keys_item)

        codes = []
        for codes_item_data in self.codes:
            codes_item = codes_item_data.to_dict()
            codes.append(codes_item)

        passkeys = []
        for passkeys_item_data in self.passkeys:
            passkeys_item = passkeys_item_data.to_dict()
            passkeys.append(passkeys_item)

        outside_links = []
        for outside_links_item_data in self.outside_links:
            outside_links_item = outside_links_item_data.to_dict()
            outside_links.append(outside_links_item)

        consents = []
        for consents_item_data in self.consents:
            consents_item = consents_item_data.to_dict()
            consents.append(consents_item)

        apps = []
        for apps_item_data in self.apps:
            apps_item = apps_item_data.to_dict()
            apps.append(apps_item)

        audit = []
        for audit_item_data in self.audit:
            audit_item = audit_item_data.to_dict()
            audit.append(audit_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "exported_at": exported_at,
                "person": person,
                "sessions": sessions,
                "roles": roles,
                "keys": keys,
                "codes": codes,
                "passkeys": passkeys,
                "outside_links": outside_links,
                "consents": consents,
                "apps": apps,
                "audit": audit,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.personal_data_apps_item import PersonalDataAppsItem  # noqa: PLC0415
        from ..models.personal_data_audit_item import PersonalDataAuditItem  # noqa: PLC0415
        from ..models.personal_data_codes_item import PersonalDataCodesItem  # noqa: PLC0415
        from ..models.personal_data_consents_item import PersonalDataConsentsItem  # noqa: PLC0415
        from ..models.personal_data_keys_item import PersonalDataKeysItem  # noqa: PLC0415
        from ..models.personal_data_outside_links_item import (
            PersonalDataOutsideLinksItem,  # noqa: PLC0415
        )
        from ..models.personal_data_passkeys_item import PersonalDataPasskeysItem  # noqa: PLC0415
        from ..models.personal_data_person import PersonalDataPerson  # noqa: PLC0415
        from ..models.personal_data_roles_item import PersonalDataRolesItem  # noqa: PLC0415
        from ..models.personal_data_sessions_item import PersonalDataSessionsItem  # noqa: PLC0415

        d = dict(src_dict)
        exported_at = d.pop("exported_at")

        person = PersonalDataPerson.from_dict(d.pop("person"))

        sessions = []
        _sessions = d.pop("sessions")
        for sessions_item_data in _sessions:
            sessions_item = PersonalDataSessionsItem.from_dict(sessions_item_data)

            sessions.append(sessions_item)

        roles = []
        _roles = d.pop("roles")
        for roles_item_data in _roles:
            roles_item = PersonalDataRolesItem.from_dict(roles_item_data)

            roles.append(roles_item)

        keys = []
        _keys = d.pop("keys")
        for keys_item_data in _keys:
            keys_item = PersonalDataKeysItem.from_dict(keys_item_data)

            keys.append(keys_item)

        codes = []
        _codes = d.pop("codes")
        for codes_item_data in _codes:
            codes_item = PersonalDataCodesItem.from_dict(codes_item_data)

            codes.append(codes_item)

        passkeys = []
        _passkeys = d.pop("passkeys")
        for passkeys_item_data in _passkeys:
            passkeys_item = PersonalDataPasskeysItem.from_dict(passkeys_item_data)

            passkeys.append(passkeys_item)

        outside_links = []
        _outside_links = d.pop("outside_links")
        for outside_links_item_data in _outside_links:
            outside_links_item = PersonalDataOutsideLinksItem.from_dict(outside_links_item_data)

            outside_links.append(outside_links_item)

        consents = []
        _consents = d.pop("consents")
        for consents_item_data in _consents:
            consents_item = PersonalDataConsentsItem.from_dict(consents_item_data)

            consents.append(consents_item)

        apps = []
        _apps = d.pop("apps")
        for apps_item_data in _apps:
            apps_item = PersonalDataAppsItem.from_dict(apps_item_data)

            apps.append(apps_item)

        audit = []
        _audit = d.pop("audit")
        for audit_item_data in _audit:
            audit_item = PersonalDataAuditItem.from_dict(audit_item_data)

            audit.append(audit_item)

        personal_data = cls(
            exported_at=exported_at,
            person=person,
            sessions=sessions,
            roles=roles,
            keys=keys,
            codes=codes,
            passkeys=passkeys,
            outside_links=outside_links,
            consents=consents,
            apps=apps,
            audit=audit,
        )

        personal_data.additional_properties = d
        return personal_data

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
