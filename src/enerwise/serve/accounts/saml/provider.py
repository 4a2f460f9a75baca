"""The provider of SAML, as a file beside the accounts names it.

``saml.json`` holds ``name``, ``issuer`` (its entity id), ``sign_in`` (where browsers go, by HTTP-Redirect) and
``certificate`` (PEM or its base64; a list while the provider turns its key). It may hold ``email_attribute``, and
``private_key`` with ``own_certificate``, by which our requests are signed. The key is sealed as soon as it is read.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.outsiders import OutsideError, is_safe
from enerwise.serve.accounts.private_files import read_private, write_private

FILE: Final = "saml.json"
KEY: Final = "private_key"
SEALED: Final = "private_key_sealed"
PLACE: Final = "saml.json/private_key"
NEEDED: Final = ("name", "issuer", "sign_in")
ISSUER_CHARS: Final = 200
LEAST_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of SAML."""

    name: str
    issuer: str
    sign_in: str
    certificates: tuple[str, ...]
    """Base64 of DER; what is signed by any of them counts."""
    email_attribute: str = ""
    """Where the e-mail stands; empty for the usual names."""
    private_key: str = ""
    """PEM; empty where our requests are not signed."""
    own_certificate: str = ""


def read_provider(path: Path, ground: Ground) -> Provider | None:
    """Read the file, and seal the key in it; None where there is no file.

    Raises:
        OutsideError: The file is wrong.
        NotPrivate: Others may read it.
    """
    content = read_private(path)
    if content is None:
        return None
    try:
        told = json.loads(content)
        named = {name: str(told[name]) for name in NEEDED}
        shown = told["certificate"]
    except (ValueError, KeyError, TypeError) as error:
        raise OutsideError(f"{path}: {', '.join(NEEDED)} and certificate are needed, as JSON: {error}") from None
    _check(path, named)
    certificates = tuple(_certificate(path, each) for each in (shown if isinstance(shown, list) else [shown]))
    if not certificates:
        raise OutsideError(f"{path}: certificate: the list is empty; copy what the provider shows")
    own = _own_certificate(path, told)
    key = _own_key(path, told, ground, own)
    return Provider(
        **named,
        certificates=certificates,
        email_attribute=str(told.get("email_attribute", "")),
        private_key=key,
        own_certificate=own,
    )


def _check(path: Path, named: Mapping[str, str]) -> None:
    if not is_safe(named["sign_in"]):
        raise OutsideError(f"{path}: sign_in {named['sign_in']!r} must begin with https://")
    if not 0 < len(named["issuer"]) <= ISSUER_CHARS:
        raise OutsideError(f"{path}: issuer has 1 to {ISSUER_CHARS} characters, this one {len(named['issuer'])}")


def _certificate(path: Path, shown: object) -> str:
    try:
        found = _loaded(str(shown).strip())
    except ValueError as error:
        raise OutsideError(f"{path}: certificate: not one of X.509, in PEM or base64: {error}") from None
    key = found.public_key()
    # What is weak is refused here once, and not trusted each time.
    if isinstance(key, RSAPublicKey) and key.key_size < LEAST_BITS:
        raise OutsideError(f"{path}: certificate: its key has {key.key_size} bits, needed are {LEAST_BITS}")
    return base64.b64encode(found.public_bytes(Encoding.DER)).decode()


def _loaded(text: str) -> x509.Certificate:
    if text.startswith("-----"):
        return x509.load_pem_x509_certificate(text.encode())
    return x509.load_der_x509_certificate(base64.b64decode("".join(text.split()), validate=True))


def _own_certificate(path: Path, told: Mapping[str, Any]) -> str:
    has_key = KEY in told or SEALED in told
    if has_key != ("own_certificate" in told):
        raise OutsideError(f"{path}: {KEY} and own_certificate come together, or neither does")
    return _certificate(path, told["own_certificate"]) if has_key else ""


def _own_key(path: Path, told: dict[str, Any], ground: Ground, certificate: str) -> str:
    if KEY in told:
        pem = _checked_key(path, str(told.pop(KEY)), certificate)
        told[SEALED] = ground.vault.seal(pem.encode(), PLACE)
        write_private(path, json.dumps(told, indent=2).encode() + b"\n")
    return ground.vault.open(str(told[SEALED]), PLACE).decode() if SEALED in told else ""


def _checked_key(path: Path, shown: str, certificate: str) -> str:
    try:
        key = load_pem_private_key(shown.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise OutsideError(f"{path}: {KEY}: not a key in PEM without a password: {error}") from None
    if not isinstance(key, RSAPrivateKey):
        raise OutsideError(f"{path}: {KEY}: requests are signed by RSA; make one with openssl genrsa {LEAST_BITS}")
    shape = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if _loaded(certificate).public_key().public_bytes(*shape) != key.public_key().public_bytes(*shape):
        raise OutsideError(f"{path}: {KEY} is not the one that own_certificate belongs to")
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
