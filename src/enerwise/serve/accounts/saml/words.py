"""Requests and answers of SAML 2.0, by python3-saml and xmlsec; nothing else here knows these libraries.

The library checks form, schema and signature, and much else. Where it is lenient (an audience may be missing, a
recipient need only begin alike, an answer need not say to what it answers), what follows it here is strict, and looks
at the one assertion that it found signed. Times are checked by both: there by the clock of the machine, here by ours.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from lxml.etree import LxmlError
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Known
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML
from xmlsec import Error as SignatureError

from enerwise.core.errors import EnerwiseError
from enerwise.serve.accounts.outsiders import LEEWAY_S, NAME_CHARS, WAY_S
from enerwise.serve.accounts.saml.provider import Provider

NAMES: Final = {"samlp": Known.NS_SAMLP, "saml": Known.NS_SAML, "ds": Known.NS_DS}
EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
TRANSFORMS: Final = frozenset(
    (EXCLUSIVE, f"{EXCLUSIVE}WithComments", "http://www.w3.org/2000/09/xmldsig#enveloped-signature")
)
"""All that the standard lets a signature do with what it covers (section 5.4.4); others could run programs."""
FOREIGN: Final = ("saml:EncryptedAssertion", "saml:EncryptedID", "ds:Object", "ds:RetrievalMethod")
"""What no answer needs: what is encrypted would be opened before anybody knows who has sent it."""
EMAILS: Final = (
    "email",
    "mail",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
)
SENT: Final = ("SAMLRequest", "SigAlg", "Signature")
BROKEN: Final = (OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError, SignatureError, LxmlError, ValueError, TypeError)
"""What the library raises on answers that are wrong, or not even answers."""
SECURITY: Final = {
    "rejectDeprecatedAlgorithm": True,
    "requestedAuthnContext": False,
    "wantAttributeStatement": False,
    "signatureAlgorithm": Known.RSA_SHA256,
    "digestAlgorithm": Known.SHA256,
}


class NotBelieved(EnerwiseError):
    """An answer does not hold; the text says why, for whoever looks after the server."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider has signed."""

    id: str
    request_id: str
    """Of ours, to which it answers."""
    subject: str
    email: str
    ends_s: int
    """From when on it counts no more. [epoch s]"""


class Words:
    """Asks and understands one provider."""

    def __init__(self, provider: Provider, entity_id: str, receives_at: str) -> None:
        """Prepare; ``entity_id`` is what we are called, ``receives_at`` is where answers are sent."""
        self._provider, self._entity_id, self._receives_at = provider, entity_id, receives_at
        self._settings = OneLogin_Saml2_Settings(_settings(provider, entity_id, receives_at))
        parts = urlsplit(receives_at)
        self._place = {
            "https": "on" if parts.scheme == "https" else "off",
            "http_host": parts.netloc,
            "script_name": parts.path,
        }

    def request(self) -> tuple[str, str]:
        """Return the id of a new request, and the address that carries it to the provider."""
        asked = OneLogin_Saml2_Authn_Request(self._settings)
        sent = {"SAMLRequest": asked.get_request()}
        speaker = OneLogin_Saml2_Auth(self._place, self._settings)
        if self._provider.private_key:
            speaker.add_request_signature(sent, SECURITY["signatureAlgorithm"])
        # In the order in which they are signed; some look at the address as it came.
        ordered = {name: sent[name] for name in SENT if name in sent}
        return str(asked.get_id()), str(speaker.redirect_to(self._provider.sign_in, ordered))

    def metadata(self) -> bytes:
        """Return what a provider needs to know about us, as XML."""
        made: str | bytes = self._settings.get_sp_metadata()
        return made.encode() if isinstance(made, str) else made

    def answer(self, shown: str, now_s: int) -> Answer:
        """Return what an answer says.

        Args:
            shown: As the browser brings it, base64.
            now_s: The present. [epoch s]

        Raises:
            NotBelieved: It is not signed by the provider, not for us, not for now, or says nobody's name.
        """
        try:
            _check_form(shown)
            response = OneLogin_Saml2_Response(self._settings, shown)
            response.is_valid(self._place, raise_exceptions=True)
            document = response.get_xml_document()
            return self._strictly(document, _only(document, "saml:Assertion"), response.get_attributes(), now_s)
        except NotBelieved:
            raise
        except BROKEN as error:
            raise NotBelieved(str(error)) from None

    def _strictly(self, document: Any, assertion: Any, attributes: Mapping[str, list[str]], now_s: int) -> Answer:
        if document.get("Destination", self._receives_at) != self._receives_at:
            raise NotBelieved("it was sent to another place")
        if _text(_only(assertion, "saml:Issuer")) != self._provider.issuer:
            raise NotBelieved("another provider has answered")
        _check_age(assertion, now_s)
        conditions = _only(assertion, "saml:Conditions")
        self._check_audience(conditions)
        confirmation = self._confirmation(assertion, document.get("InResponseTo"), now_s)
        ends_s = min(_check_times(conditions, now_s), _check_times(confirmation, now_s))
        subject = _subject(assertion)
        return Answer(
            assertion.get("ID"), confirmation.get("InResponseTo"), subject, self._email(assertion, attributes), ends_s
        )

    def _check_audience(self, conditions: Any) -> None:
        groups = conditions.findall("saml:AudienceRestriction", NAMES)
        # Each of them must name us, says section 2.5.1.4 of the standard.
        named = [[_text(each) for each in group.findall("saml:Audience", NAMES)] for group in groups]
        if not named or not all(self._entity_id in each for each in named):
            raise NotBelieved("it is for another audience")

    def _confirmation(self, assertion: Any, request_id: str | None, now_s: int) -> Any:
        """Return what says that whoever brings the answer is the one it is about."""
        path = f"saml:Subject/saml:SubjectConfirmation[@Method='{Known.CM_BEARER}']/saml:SubjectConfirmationData"
        for found in assertion.findall(path, NAMES):
            is_here = found.get("Recipient") == self._receives_at
            is_asked = request_id and found.get("InResponseTo") == request_id
            if is_here and is_asked and found.get("NotOnOrAfter") and not found.get("NotBefore"):
                return found
        raise NotBelieved("it answers nothing that was asked from here")

    def _email(self, assertion: Any, attributes: Mapping[str, list[str]]) -> str:
        names = (self._provider.email_attribute,) if self._provider.email_attribute else EMAILS
        found = next((attributes[name] for name in names if name in attributes), [])
        if found:
            return found[0] or "" if len(found) == 1 else ""
        name = _only(assertion, "saml:Subject/saml:NameID")
        return _text(name) if name.get("Format") == Known.NAMEID_EMAIL_ADDRESS else ""


def _settings(provider: Provider, entity_id: str, receives_at: str) -> dict[str, Any]:
    return {
        "strict": True,
        "sp": {
            "entityId": entity_id,
            "assertionConsumerService": {"url": receives_at},
            "NameIDFormat": Known.NAMEID_UNSPECIFIED,
            "privateKey": provider.private_key,
            "x509cert": provider.own_certificate,
        },
        "idp": {
            "entityId": provider.issuer,
            "singleSignOnService": {"url": provider.sign_in},
            "x509certMulti": {"signing": list(provider.certificates)},
        },
        "security": {**SECURITY, "authnRequestsSigned": bool(provider.private_key), "allowSingleLabelDomains": True},
    }


def _check_form(shown: str) -> None:
    """Refuse what could do harm while its signature is looked at."""
    document = OneLogin_Saml2_XML.to_etree(base64.b64decode(shown))
    if found := [each for each in FOREIGN if document.find(f".//{each}", NAMES) is not None]:
        raise NotBelieved(f"it holds {', '.join(found)}, which is not taken")
    kinds = ("ds:Transform", "ds:CanonicalizationMethod")
    asked = {each.get("Algorithm") for kind in kinds for each in document.iterfind(f".//{kind}", NAMES)}
    if asked - TRANSFORMS:
        raise NotBelieved("its signature asks for more than exclusive canonicalization")


def _only(element: Any, path: str) -> Any:
    found = element.findall(path, NAMES)
    if len(found) != 1:
        raise NotBelieved(f"it has {len(found)} of {path}, needed is 1")
    return found[0]


def _text(element: Any) -> str:
    # All of it: what stops at a comment can be made to mean somebody else.
    return "".join(element.itertext()).strip()


def _subject(assertion: Any) -> str:
    name = _only(assertion, "saml:Subject/saml:NameID")
    if name.get("Format") == Known.NAMEID_TRANSIENT:
        raise NotBelieved("it names somebody for this once only; let the provider send a lasting name (persistent)")
    subject = _text(name)
    if not 0 < len(subject) <= NAME_CHARS:
        raise NotBelieved(f"it names somebody with {len(subject)} characters, allowed are 1 to {NAME_CHARS}")
    return subject


def _check_age(assertion: Any, now_s: int) -> None:
    age_s = now_s - _moment_s(assertion.get("IssueInstant"))
    if not -LEEWAY_S <= age_s < WAY_S + LEEWAY_S:
        raise NotBelieved(f"it was signed {age_s} s ago, allowed are {WAY_S} s")
    ends = [each.get("SessionNotOnOrAfter") for each in assertion.findall("saml:AuthnStatement", NAMES)]
    if any(end is not None and _moment_s(end) <= now_s for end in ends):
        raise NotBelieved("the sign-in at the provider has ended")


def _check_times(element: Any, now_s: int) -> int:
    """Return from when on an element counts no more; without a time of its own, as long as a browser is on its way."""
    begin, end = element.get("NotBefore"), element.get("NotOnOrAfter")
    ends_s = _moment_s(end) + LEEWAY_S if end else now_s + WAY_S + LEEWAY_S
    if (begin and now_s < _moment_s(begin) - LEEWAY_S) or now_s >= ends_s:
        raise NotBelieved("it is not for now; look at the clocks of both sides")
    return ends_s


def _moment_s(text: str) -> int:
    """Return a moment of SAML, which is UTC and ends in Z. [epoch s]"""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise NotBelieved(f"its moment {text!r} says no zone")
    return int(moment.timestamp())
