"""TLS of our own: a certificate for a server that has none, and a small authority whose clients may come in.

A certificate that a server makes itself proves nothing to a stranger; its fingerprint, read where the server was
started, does. Between machines both sides show one: `enerwise tls issue NAME` gives each machine its own, signed by an
authority that lies on this machine only, and a server told ``--client-ca`` lets nobody else in. Keys are P-256.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import Instant, to_datetime
from enerwise.serve.accounts.private_files import read_private, write_private

SERVER_DAYS: Final = 397
"""Browsers refuse certificates that last longer."""
RENEW_DAYS: Final = 30
CLIENT_DAYS: Final = 825
AUTHORITY_DAYS: Final = 3650
EARLIER: Final = timedelta(minutes=10)
"""Clocks of two machines differ."""
ANY_HOST: Final = ("", "0.0.0.0", "::")


@dataclass(frozen=True, slots=True)
class Files:
    """A certificate and its key, as PEM files."""

    cert: Path
    key: Path

    def fingerprint(self) -> str:
        """Return the SHA-256 of the certificate, as browsers show it."""
        first = x509.load_pem_x509_certificates(self.cert.read_bytes())[0]
        digits = sha256(first.public_bytes(serialization.Encoding.DER)).hexdigest().upper()
        return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def check(files: Files, client_ca: Path | None = None) -> None:
    """Complain about files that no server can use.

    Raises:
        ProblemsFound: Naming the file, what is wrong, and what to do.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(files.cert, files.key)
    except (OSError, ValueError) as error:
        remedy = "name a certificate chain and its key, both PEM and the key without a password"
        problem = Problem(f"{files.cert}, {files.key}", f"cannot be used: {error}", remedy)
        raise ProblemsFound("--tls-cert, --tls-key", [problem]) from None
    if client_ca is None:
        return
    try:
        context.load_verify_locations(client_ca)
    except (OSError, ValueError) as error:
        remedy = "name the ca.pem that `enerwise tls issue` made"
        problem = Problem(str(client_ca), f"cannot be used: {error}", remedy)
        raise ProblemsFound("--client-ca", [problem]) from None


def self_signed(folder: Path, host: str, now: Instant) -> Files:
    """Return a certificate of this machine's own, made anew when there is none or it ends soon.

    Args:
        folder: Where it lies.
        host: The address the server listens at.
        now: The present.

    Raises:
        OSError: It cannot be written.
    """
    files = Files(folder / "tls-cert.pem", folder / "tls-key.pem")
    names = _names(host)
    if not _holds(files, names, to_datetime(now)):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        made = _builder(name, key, to_datetime(now), SERVER_DAYS)
        made = made.issuer_name(name).add_extension(x509.SubjectAlternativeName(_alternatives(names)), critical=False)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        write_private(files.key, _key_pem(key))
        files.cert.write_bytes(_cert_pem(made.sign(key, hashes.SHA256())))
    return files


def _names(host: str) -> list[str]:
    named = [] if host in ANY_HOST else [host]
    return list(dict.fromkeys([*named, socket.gethostname(), "localhost", "127.0.0.1", "::1"]))


def _holds(files: Files, names: Iterable[str], now: datetime) -> bool:
    if read_private(files.key) is None or not files.cert.is_file():
        return False
    try:
        cert = x509.load_pem_x509_certificate(files.cert.read_bytes())
        told = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    is_ours = set(_alternatives(names)) <= set(told)
    return is_ours and now + timedelta(days=RENEW_DAYS) < cert.not_valid_after_utc


class Authority:
    """A small authority on this machine."""

    def __init__(self, folder: Path, now: Instant) -> None:
        """Open it, or begin one: its key never leaves the folder.

        Raises:
            OSError: It cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder, self._now = folder, to_datetime(now)
        self.cert_path = folder / "ca.pem"
        pem = read_private(folder / "ca-key.pem")
        if pem is None or not self.cert_path.is_file():
            self._begin()
            pem = read_private(folder / "ca-key.pem")
        assert pem is not None
        key = serialization.load_pem_private_key(pem, password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self._key, self._cert = key, x509.load_pem_x509_certificate(self.cert_path.read_bytes())

    def issue(self, name: str) -> Files:
        """Make key and certificate of a machine, which may be client and server.

        Raises:
            ProblemsFound: The name cannot be used, or has one already.
        """
        if (
            not name
            or len(name) > 64
            or not all(letter.isalnum() or letter in "-_." for letter in name)
            or name[0] == "."
        ):
            remedy = "use up to 64 letters, digits, dots, dashes; the name of the machine is best"
            raise ProblemsFound("NAME", [Problem(repr(name), "is no name for a machine", remedy)])
        files = Files(self._folder / f"{name}.pem", self._folder / f"{name}-key.pem")
        if files.cert.exists() or files.key.exists() or name in ("ca", "ca-key"):
            remedy = "choose another name, or move the old files away first"
            raise ProblemsFound("NAME", [Problem(name, "has a certificate already", remedy)])
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
        made = _builder(subject, key, self._now, CLIENT_DAYS).issuer_name(self._cert.subject)
        made = made.add_extension(x509.SubjectAlternativeName(_alternatives([name])), critical=False)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        made = made.add_extension(x509.ExtendedKeyUsage(usage), critical=False)
        made = made.add_extension(_authority_key(self._key), critical=False)
        write_private(files.key, _key_pem(key))
        files.cert.write_bytes(_cert_pem(made.sign(self._key, hashes.SHA256())))
        return files

    def _begin(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Enerwise on {socket.gethostname()}"[:64])])
        made = _builder(name, key, self._now, AUTHORITY_DAYS).issuer_name(name)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False)
        signs = {"digital_signature": True, "key_cert_sign": True, "crl_sign": True}
        made = made.add_extension(
            x509.KeyUsage(**usage, **signs, encipher_only=False, decipher_only=False), critical=True
        )
        made = made.add_extension(_authority_key(key), critical=False)
        write_private(self._folder / "ca-key.pem", _key_pem(key))
        self.cert_path.write_bytes(_cert_pem(made.sign(key, hashes.SHA256())))


def _builder(
    name: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, lasts_days: int
) -> x509.CertificateBuilder:
    made = x509.CertificateBuilder().subject_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - EARLIER)
    made = made.not_valid_after(now + timedelta(days=lasts_days))
    return made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _authority_key(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _alternatives(names: Iterable[str]) -> list[x509.GeneralName]:
    return [_alternative(each) for each in names]


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, plain)


def _cert_pem(cert: x509.Certificate) -> bytes:
    return cert.public_bytes(serialization.Encoding.PEM)
