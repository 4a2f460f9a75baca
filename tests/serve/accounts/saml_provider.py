"""A provider of SAML: it has a key, reads our requests, and signs whatever answer a test wants."""

import base64
import importlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree

from tests.serve.accounts.builders import ORIGIN

xmlsec: Any = importlib.import_module("xmlsec")  # its types do not export what it has
ISSUER: Final = "https://id.example/saml"
SIGN_IN: Final = "https://id.example/sso"
ENTITY: Final = f"{ORIGIN}/api/v1/auth/saml/metadata"
ACS: Final = f"{ORIGIN}/api/v1/auth/saml/acs"
NAMES: Final = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
Change = Callable[[Any], None]

ANSWER: Final = """
<samlp:Response xmlns:samlp="{samlp}" xmlns:saml="{saml}" ID="{id}-response" Version="2.0" IssueInstant="{now}"
    Destination="{recipient}" InResponseTo="{request}">
  <saml:Issuer>{issuer}</saml:Issuer>
  <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
  <saml:Assertion ID="{id}" Version="2.0" IssueInstant="{now}">
    <saml:Issuer>{issuer}</saml:Issuer>
    <saml:Subject>
      <saml:NameID Format="{name_format}">{subject}</saml:NameID>
      <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
        <saml:SubjectConfirmationData NotOnOrAfter="{ends}" Recipient="{recipient}" InResponseTo="{request}"/>
      </saml:SubjectConfirmation>
    </saml:Subject>
    <saml:Conditions NotBefore="{now}" NotOnOrAfter="{ends}">
      <saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>
    </saml:Conditions>
    <saml:AuthnStatement AuthnInstant="{now}">
      <saml:AuthnContext>
        <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>
      </saml:AuthnContext>
    </saml:AuthnStatement>
    <saml:AttributeStatement>
      <saml:Attribute Name="{attribute}"><saml:AttributeValue>{email}</saml:AttributeValue></saml:Attribute>
    </saml:AttributeStatement>
  </saml:Assertion>
</samlp:Response>
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its certificate, both PEM."""

    key: str
    certificate: str


@cache
def a_pair(name: str = "provider") -> Pair:
    """Return a key of its own for each name."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return Pair(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(), _certificate(key, name))


def _certificate(key: RSAPrivateKey, name: str) -> str:
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
    return made.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer says."""

    request: str
    now: datetime
    id: str = "a-1"
    issuer: str = ISSUER
    subject: str = "ada-0001"
    name_format: str = PERSISTENT
    attribute: str = "mail"
    email: str = "ada@example.org"
    audience: str = ENTITY
    recipient: str = ACS
    lasts_s: int = 300
    key: Pair = field(default_factory=a_pair)
    signs: str = "saml:Assertion"
    """Which part, or none."""
    before: Change = lambda _: None
    """Is done to the answer before it is signed."""
    after: Change = lambda _: None
    """And after."""


def answer(said: Said) -> str:
    """Return an answer as a browser brings it."""
    facts = {each: getattr(said, each) for each in ("request", "id", "issuer", "subject", "name_format", "attribute")}
    facts |= {each: getattr(said, each) for each in ("email", "audience", "recipient")}
    moments = {"now": moment(said.now), "ends": moment(said.now + timedelta(seconds=said.lasts_s))}
    document = etree.fromstring(ANSWER.strip().format(**NAMES, **facts, **moments))
    said.before(document)
    if said.signs:
        sign(only(document, said.signs) if said.signs != "samlp:Response" else document, said.key)
    said.after(document)
    return base64.b64encode(etree.tostring(document)).decode()


def sign(element: Any, pair: Pair, method: str = "RSA_SHA256", digest: str = "SHA256") -> None:
    """Sign an element, with the signature where the standard wants it: behind the issuer."""
    signature = xmlsec.template.create(element, xmlsec.Transform.EXCL_C14N, getattr(xmlsec.Transform, method))
    element.insert(1, signature)
    reference = xmlsec.template.add_reference(signature, getattr(xmlsec.Transform, digest), uri=f"#{element.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    xmlsec.tree.add_ids(element, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(pair.key, xmlsec.KeyFormat.PEM, None)
    context.key.load_cert_from_memory(pair.certificate, xmlsec.KeyFormat.PEM)
    context.sign(signature)


def asked(address: str) -> Any:
    """Return the request that a browser carries to the provider."""
    sent = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
    return etree.fromstring(zlib.decompress(base64.b64decode(sent), -15))


def only(document: Any, path: str) -> Any:
    """Return the one element of a kind, wherever it stands."""
    (found,) = document.findall(f".//{path}", NAMES)
    return found


def moment(at: datetime) -> str:
    """Return a moment as SAML writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
