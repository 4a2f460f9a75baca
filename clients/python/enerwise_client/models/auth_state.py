from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.auth_state_permissions import AuthStatePermissions
    from ..models.me import Me


T = TypeVar("T", bound="AuthState")


@_attrs_define
class AuthState:
    """How somebody stands, and in which ways one may come in.

    Attributes:
        needs_first_run (bool):
        is_demo (bool):
        methods (list[str]):
        oidc_name (None | str):
        saml_name (None | str):
        signed_in (bool):
        person (Me | None):
        csrf_token (None | str):
        permissions (AuthStatePermissions):
        needs_step_up (bool):
    """

    needs_first_run: bool
    is_demo: bool
    methods: list[str]
    oidc_name: None | str
    saml_name: None | str
    signed_in: bool
    person: Me | None
    csrf_token: None | str
    permissions: AuthStatePermissions
    needs_step_up: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.me import Me  # noqa: PLC0415

        needs_first_run = self.needs_first_run

        is_demo = self.is_demo

        methods = self.methods

        oidc_name: None | str
        oidc_name = self.oidc_name

        saml_name: None | str
        saml_name = self.saml_name

        signed_in = self.signed_in

        person: dict[str, Any] | None
        if isinstance(self.person, Me):
            person = self.person.to_dict()
        else:
            person = self.person

        csrf_token: None | str
        csrf_token = self.csrf_token

        permissions = self.permissions.to_dict()

        needs_step_up = self.needs_step_up

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "needs_first_run": needs_first_run,
                "is_demo": is_demo,
                "methods": methods,
                "oidc_name": oidc_name,
                "saml_name": saml_name,
                "signed_in": signed_in,
                "person": person,
                "csrf_token": csrf_token,
                "permissions": permissions,
                "needs_step_up": needs_step_up,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.auth_state_permissions import AuthStatePermissions  # noqa: PLC0415
        from ..models.me import Me  # noqa: PLC0415

        d = dict(src_dict)
        needs_first_run = d.pop("needs_first_run")

        is_demo = d.pop("is_demo")

        methods = cast(list[str], d.pop("methods"))

        def _parse_oidc_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        oidc_name = _parse_oidc_name(d.pop("oidc_name"))

        def _parse_saml_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        saml_name = _parse_saml_name(d.pop("saml_name"))

        signed_in = d.pop("signed_in")

        def _parse_person(data: object) -> Me | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                person_type_0 = Me.from_dict(data)

                return person_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Me | None, data)

        person = _parse_person(d.pop("person"))

        def _parse_csrf_token(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        csrf_token = _parse_csrf_token(d.pop("csrf_token"))

        permissions = AuthStatePermissions.from_dict(d.pop("permissions"))

        needs_step_up = d.pop("needs_step_up")

        auth_state = cls(
            needs_first_run=needs_first_run,
            is_demo=is_demo,
            methods=methods,
            oidc_name=oidc_name,
            saml_name=saml_name,
            signed_in=signed_in,
            person=person,
            csrf_token=csrf_token,
            permissions=permissions,
            needs_step_up=needs_step_up,
        )

        auth_state.additional_properties = d
        return auth_state

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
