"""What is said to devices that hold passkeys, and what their answers prove; loaded when the first of them is met.

Source: Web Authentication Level 3.
"""

import json
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

WRONG: Final = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""What the library raises for whatever a stranger may send."""


class WrongAnswer(Exception):
    """What a device said does not fit the question."""


class Enrolled(NamedTuple):
    """A new passkey; bytes in base64url."""

    credential_id: str
    public_key: str
    sign_count: int


def enrolling(
    host: str, server: str, challenge: bytes, person: tuple[str, str, str], known: Iterable[str]
) -> dict[str, Any]:
    """Return what a device needs to make a passkey for a person: id, name, and the name that is shown.

    ``known`` are the ids of the passkeys the person has; a device that holds one of them makes no second.
    """
    person_id, name, shown = person
    options = webauthn.generate_registration_options(
        rp_id=host,
        rp_name=server,
        user_id=person_id.encode(),
        user_name=name,
        user_display_name=shown,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in known],
    )
    return _told(options)


def enrolled(host: str, origin: str, challenge: bytes, credential: dict[str, Any]) -> Enrolled:
    """Return the passkey that a device has made.

    Raises:
        WrongAnswer: It answers another question, or is not signed as it should be.
    """
    try:
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    except WRONG:
        raise WrongAnswer from None
    key = bytes_to_base64url(found.credential_public_key)
    return Enrolled(bytes_to_base64url(found.credential_id), key, found.sign_count)


def asking(host: str, challenge: bytes) -> dict[str, Any]:
    """Return what a device needs to prove itself."""
    required = UserVerificationRequirement.REQUIRED
    return _told(webauthn.generate_authentication_options(rp_id=host, challenge=challenge, user_verification=required))


def proven(host: str, origin: str, challenge: bytes, credential: dict[str, Any], key: Enrolled) -> int:
    """Return how often the device has signed by now.

    Raises:
        WrongAnswer: It answers another question, or is not signed by this key.
    """
    try:
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except WRONG:
        raise WrongAnswer from None
    return found.new_sign_count


def _told(options: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return told
