"""Signatures over closed slots: Ed25519, with the key of whoever runs the market.

A key is 32 bytes that stay where the market runs; the public key goes to everybody. Both are told in PEM, so that other
programs read them too. Source: RFC 8032; PKCS #8 and SubjectPublicKeyInfo for Ed25519: RFC 8410.
"""

from dataclasses import dataclass, field
from typing import Any

from enerwise.core.errors import PluginError, StoreError


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs; what `SqliteLedger` and its kin take as ``sign``."""

    _key: Any = field(repr=False)

    @classmethod
    def new(cls) -> "Signer":
        """Draw a key."""
        return cls(_ed25519().Ed25519PrivateKey.generate())

    @classmethod
    def of(cls, pem: bytes) -> "Signer":
        """Take a key as `private_pem` told it.

        Raises:
            StoreError: It is no private key for Ed25519.
        """
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        return cls(_checked(pem, lambda: load_pem_private_key(pem, None), _ed25519().Ed25519PrivateKey))

    def __call__(self, content: bytes) -> bytes:
        """Return the signature over some content. 64 bytes"""
        return bytes(self._key.sign(content))

    @property
    def private_pem(self) -> bytes:
        from cryptography.hazmat.primitives import serialization as form

        made: bytes = self._key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
        return made

    @property
    def public_pem(self) -> bytes:
        from cryptography.hazmat.primitives import serialization as form

        made: bytes = self._key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
        return made


def is_signed(public_pem: bytes, content: bytes, signature: bytes) -> bool:
    """Tell whether a signature over some content is by the owner of a public key.

    Raises:
        StoreError: It is no public key for Ed25519.
    """
    key_kind = _ed25519().Ed25519PublicKey
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = _checked(public_pem, lambda: load_pem_public_key(public_pem), key_kind)
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _checked(pem: bytes, load: Any, kind: Any) -> Any:
    try:
        key = load()
    except (ValueError, TypeError) as error:
        raise StoreError(f"a key cannot be read: {error}; it is a PEM file for Ed25519") from error
    if not isinstance(key, kind):
        raise StoreError(f"a key is for {type(key).__name__}, not for Ed25519; name the one of the market")
    return key


def _ed25519() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise PluginError("signatures need cryptography: pip install 'enerwise[face]'") from error
    return ed25519
