"""People come in by a provider of SAML; here it is a key in this process that signs what a test wants."""

import asyncio
import base64
import copy
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote_plus, urlsplit

import httpx
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from enerwise.core.time import VirtualClock
from enerwise.serve.accounts.accounts import Accounts
from enerwise.serve.accounts.outsiders import OutsideError
from enerwise.serve.accounts.throttle import Throttle
from tests.serve.accounts import saml_provider as provider
from tests.serve.accounts.builders import PASSWORD, a_client, a_clock, as_owner, later, open_accounts
from tests.serve.accounts.saml_provider import ACS, ENTITY, ISSUER, NAMES, SIGN_IN, Said, a_pair, only

IN: Final = "/plan"
REFUSED: Final = "/sign-in?error=outside-refused"
UNKNOWN: Final = "/sign-in?error=unknown-person"
NAMED: Final = {"name": "House key", "issuer": ISSUER, "sign_in": SIGN_IN}
Walk = Callable[["Stage"], Awaitable[None]]


class Stage:
    """Our server, and a browser."""

    def __init__(self, ours: Accounts, browser: httpx.AsyncClient, clock: VirtualClock) -> None:
        self.ours, self.browser, self.clock = ours, browser, clock

    async def leave(self, browser: httpx.AsyncClient | None = None) -> Said:
        """Leave for the provider, and return what it would say."""
        left = await (browser or self.browser).get("/api/v1/auth/saml/start", params={"next": IN})
        assert left.status_code == 303, left.text
        assert left.headers["location"].startswith(f"{SIGN_IN}?")
        return Said(provider.asked(left.headers["location"]).get("ID"), self.now())

    async def bring(self, shown: str) -> str:
        """Bring an answer as a form of another site does, without cookies, and return where the browser goes then."""
        async with a_client(self.ours) as bare:
            found = await bare.post(ACS, data={"SAMLResponse": shown}, headers={"origin": "https://id.example"})
        assert found.status_code == 303, found.text
        return str(found.headers["location"])

    async def go(self, said: Said, browser: httpx.AsyncClient | None = None) -> str:
        """Bring an answer, go on, and return where the browser ends."""
        onward = await self.bring(provider.answer(said))
        if onward.startswith("/sign-in"):
            return onward
        return str((await (browser or self.browser).get(onward)).headers["location"])

    async def me(self) -> dict[str, Any] | None:
        """Return who is signed in."""
        return (await self.browser.get("/api/v1/auth/state")).json()["person"]  # type: ignore[no-any-return]

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.ours.ground.now_s(), UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> VirtualClock:
    """Return our clock, by which the library goes too."""
    clock = a_clock()
    now_s = lambda: int(clock.now().astype("datetime64[s]").astype(np.int64))  # noqa: E731
    monkeypatch.setattr(OneLogin_Saml2_Utils, "now", staticmethod(now_s))
    shown = lambda at: provider.moment(datetime.fromtimestamp(at, UTC))  # noqa: E731
    monkeypatch.setattr(OneLogin_Saml2_Utils, "parse_time_to_SAML", staticmethod(shown))
    return clock


def write(folder: Path, **facts: Any) -> Path:
    """Write the file that names the provider."""
    path = folder / "accounts" / "saml.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**NAMED, "certificate": a_pair().certificate, **facts}))
    path.chmod(0o600)
    return path


def play(folder: Path, clock: VirtualClock, walk: Walk, *, email: str = "ada@example.org", **facts: Any) -> None:
    """Run a walk; here there is an owner with this e-mail."""
    write(folder, **facts)

    async def run(ours: Accounts) -> None:
        await ours.first_owner(name="Owner", email=email, password=PASSWORD)
        async with a_client(ours) as browser:
            await walk(Stage(ours, browser, clock))

    with open_accounts(folder, clock) as ours:
        asyncio.run(run(ours))


# -- the way as it should be ------------------------------------------------------------------------------------


def test_a_person_comes_in_and_goes_on(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        told = (await stage.browser.get("/api/v1/auth/state")).json()
        assert (told["methods"], told["saml_name"]) == (["password", "passkey", "saml"], "House key")
        assert await stage.go(await stage.leave()) == IN
        me = await stage.me()
        assert me is not None
        # The next time it is the link that counts, whatever has become of the e-mail.
        owner = as_owner(await stage.ours.sign_in("ada@example.org", PASSWORD))
        await stage.ours.people.change(owner, me["id"], email="new@example.org")
        stage.browser.cookies.clear()
        assert await stage.go(replace(await stage.leave(), id="a-2", email="old@example.org")) == IN
        assert (await stage.me() or {})["id"] == me["id"]
        sessions = (await stage.browser.get("/api/v1/auth/sessions")).json()["items"]
        assert [each["way"] for each in sessions if each["is_this"]] == ["saml"]

    play(tmp_path, clock, walk)


def test_an_answer_may_be_signed_as_a_whole_and_name_people_by_e_mail(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        plain = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
        said = replace(await stage.leave(), subject="Ada@example.org", name_format=plain, attribute="shoe size")
        assert await stage.go(replace(said, signs="samlp:Response")) == IN

    play(tmp_path, clock, walk)


def test_a_second_certificate_counts_while_the_provider_turns_its_key(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        assert await stage.go(replace(await stage.leave(), key=a_pair("next"))) == IN

    bare = "".join(a_pair("next").certificate.splitlines()[1:-1])
    play(tmp_path, clock, walk, certificate=[a_pair().certificate, bare])


def test_requests_are_signed_where_there_is_a_key_and_metadata_say_so(tmp_path: Path, clock: VirtualClock) -> None:
    ours = a_pair("ours")

    async def walk(stage: Stage) -> None:
        left = str((await stage.browser.get("/api/v1/auth/saml/start")).headers["location"])
        request, query = provider.asked(left), urlsplit(left).query
        assert request.get("AssertionConsumerServiceURL") == ACS
        assert only(request, "saml:Issuer").text == ENTITY
        signed, _, signature = query.partition("&Signature=")
        key = x509.load_pem_x509_certificate(ours.certificate.encode()).public_key()
        assert isinstance(key, RSAPublicKey)
        assert parse_qs(query)["SigAlg"] == ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"]
        key.verify(base64.b64decode(unquote_plus(signature)), signed.encode(), PKCS1v15(), SHA256())
        told = (await stage.browser.get(ENTITY)).text
        assert ACS in told
        assert 'AuthnRequestsSigned="true"' in told
        assert "".join(ours.certificate.splitlines()[1:-1]) in "".join(told.split())
        assert await stage.go(await stage.leave()) == IN

    play(tmp_path, clock, walk, private_key=ours.key, own_certificate=ours.certificate)
    kept = (tmp_path / "accounts" / "saml.json").read_text()
    assert "PRIVATE KEY" not in kept
    # Sealed, it still signs after the next start.
    with open_accounts(tmp_path, clock) as again:
        assert "&Signature=" in again.saml.depart("/").address


def test_the_e_mail_stands_where_the_file_says(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        assert await stage.go(await stage.leave()) == UNKNOWN
        assert await stage.go(replace(await stage.leave(), id="a-2", attribute="address")) == IN

    play(tmp_path, clock, walk, email_attribute="address")


# -- attacks -------------------------------------------------------------------------------------------------------


def _drop(path: str) -> provider.Change:
    def change(document: Any) -> None:
        found = only(document, path)
        found.getparent().remove(found)

    return change


def _set(path: str, name: str, value: str | None) -> provider.Change:
    def change(document: Any) -> None:
        element = document if path == "." else only(document, path)
        element.attrib.pop(name, None)
        if value is not None:
            element.set(name, value)

    return change


def _text(path: str, value: str) -> provider.Change:
    def change(document: Any) -> None:
        only(document, path).text = value

    return change


DATA: Final = "saml:SubjectConfirmationData"
EARLY, LATE = "2026-05-14T11:40:00Z", "2026-05-14T12:30:00Z"
WRONG: Final[dict[str, Callable[[Said], Said]]] = {
    "unsigned": lambda said: replace(said, signs=""),
    "signed by somebody else": lambda said: replace(said, key=a_pair("stranger")),
    "changed behind the signature": lambda said: replace(said, after=_text("saml:NameID", "bo-0002")),
    "for another audience": lambda said: replace(said, audience="https://other.example"),
    "for nobody in particular": lambda said: replace(said, before=_drop("saml:AudienceRestriction")),
    "sent to another place": lambda said: replace(said, recipient="https://other.example/acs"),
    "sent to a place that begins like ours": lambda said: replace(said, recipient=f"{ACS}.evil.example"),
    "to whoever brings it, of no place": lambda said: replace(said, before=_set(DATA, "Recipient", None)),
    "without an end": lambda said: replace(said, before=_set(DATA, "NotOnOrAfter", None)),
    "to another request": lambda said: replace(said, request="ONELOGIN_other"),
    "to none that the signed part names": lambda said: replace(said, before=_set(DATA, "InResponseTo", None)),
    "to none": lambda said: replace(said, before=_set(".", "InResponseTo", None)),
    "of another provider": lambda said: replace(said, issuer="https://evil.example"),
    "over": lambda said: replace(said, before=_set("saml:Conditions", "NotOnOrAfter", EARLY)),
    "over for whoever brings it": lambda said: replace(said, before=_set(DATA, "NotOnOrAfter", EARLY)),
    "not yet": lambda said: replace(said, before=_set("saml:Conditions", "NotBefore", LATE)),
    "signed long ago": lambda said: replace(said, before=_set("saml:Assertion", "IssueInstant", EARLY)),
    "of a session that has ended": lambda said: replace(
        said, before=_set("saml:AuthnStatement", "SessionNotOnOrAfter", EARLY)
    ),
    "of no zone": lambda said: replace(said, before=_set("saml:Assertion", "IssueInstant", "2026-05-14T12:00:00")),
    "a failure": lambda said: replace(
        said, before=_set("samlp:StatusCode", "Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")
    ),
    "about nobody": lambda said: replace(said, subject=""),
    "about somebody for once only": lambda said: replace(
        said, name_format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
    ),
    "about a name that is cut": lambda said: replace(said, subject="a" * 251),
}


def test_an_answer_that_does_not_hold_lets_nobody_in(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        for number, (how, wrong) in enumerate(WRONG.items()):
            stage.ours.throttle = Throttle(clock)
            assert await stage.go(wrong(replace(await stage.leave(), id=f"wrong-{number}"))) == REFUSED, how
            assert await stage.me() is None, how
        # And it was nothing else that was wrong with them.
        assert await stage.go(await stage.leave()) == IN

    play(tmp_path, clock, walk)


def test_an_answer_that_comes_late_lets_nobody_in(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        said = await stage.leave()
        later(clock, 361)
        assert await stage.go(said) == REFUSED
        # The request lasts ten minutes, whatever the provider says.
        said = replace(await stage.leave(), id="a-2")
        later(clock, 601)
        assert await stage.go(replace(said, now=stage.now())) == REFUSED

    play(tmp_path, clock, walk)


def test_an_answer_counts_once(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        said = await stage.leave()
        jar = dict(stage.browser.cookies)
        onward = await stage.bring(provider.answer(said))
        assert (await stage.browser.get(onward)).headers["location"] == IN
        assert await stage.go(said) == REFUSED
        # Nor does its ticket, even with the cookie kept from before; nor another answer to the same request.
        async with a_client(stage.ours) as thief:
            thief.cookies.update(jar)
            assert (await thief.get(onward)).headers["location"] == REFUSED
            assert await stage.go(replace(said, id="a-2"), thief) == REFUSED

    play(tmp_path, clock, walk)
    # The memory is on disk, and not larger than what could come again.
    with open_accounts(tmp_path, clock) as again:
        count = "select count(*) from outside_used"
        assert again.ground.db.do_now(lambda each: each.exec_driver_sql(count).scalar()) == 3
        later(clock, 3600)
        asyncio.run(again.saml._use_up("anything", 2**40))
        assert again.ground.db.do_now(lambda each: each.exec_driver_sql(count).scalar()) == 1


def test_only_the_browser_that_left_comes_in(tmp_path: Path, clock: VirtualClock) -> None:
    """Who lets another browser bring his own answer would sign it in as himself, and read what is typed there."""

    async def walk(stage: Stage) -> None:
        said = await stage.leave()
        async with a_client(stage.ours) as victim:
            assert await stage.go(said, victim) == REFUSED
            await stage.leave(victim)
            assert await stage.go(replace(said, id="a-2"), victim) == REFUSED
        for ticket in ("", "made up", "v1.a.b"):
            found = await stage.browser.get("/api/v1/auth/saml/arrive", params={"ticket": ticket})
            assert found.headers["location"] == REFUSED

    play(tmp_path, clock, walk)


def test_a_ticket_lasts_a_minute(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        onward = await stage.bring(provider.answer(await stage.leave()))
        later(clock, 61)
        assert (await stage.browser.get(onward)).headers["location"] == REFUSED

    play(tmp_path, clock, walk)


def _forged(document: Any, identity: str = "a-9") -> Any:
    """Return the signed assertion with another name in it, and without its signature."""
    forged = copy.deepcopy(only(document, "saml:Assertion"))
    forged.remove(forged.find("ds:Signature", NAMES))
    forged.set("ID", identity)
    only(forged, "saml:NameID").text = "bo-0002"
    only(forged, "saml:AttributeValue").text = "bo@example.org"
    return forged


def _beside(document: Any) -> None:
    document.insert(2, _forged(document))


def _with_the_same_id(document: Any) -> None:
    document.insert(2, _forged(document, "a-1"))


def _around(document: Any) -> None:
    signed, forged = only(document, "saml:Assertion"), _forged(document)
    document.replace(signed, forged)
    forged.append(signed)


def _in_the_signature(document: Any) -> None:
    signed, forged = only(document, "saml:Assertion"), _forged(document)
    document.replace(signed, forged)
    signature = signed.find("ds:Signature", NAMES)
    forged.insert(1, signature)
    signature.makeelement(f"{{{NAMES['ds']}}}Object")
    held = signature.makeelement(f"{{{NAMES['ds']}}}Object")
    signature.append(held)
    held.append(signed)


def _in_an_extension(document: Any) -> None:
    signed, forged = only(document, "saml:Assertion"), _forged(document)
    document.replace(signed, forged)
    held = document.makeelement(f"{{{NAMES['samlp']}}}Extensions")
    document.insert(1, held)
    held.append(signed)


def test_what_is_wrapped_around_a_signed_part_is_not_believed(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        for wrap in (_beside, _with_the_same_id, _around, _in_the_signature, _in_an_extension):
            stage.ours.throttle = Throttle(clock)
            assert await stage.go(replace(await stage.leave(), after=wrap)) == REFUSED, wrap.__name__

    # Bo is here; whoever believed the wrapping would let him in.
    play(tmp_path, clock, walk, email="bo@example.org")


def test_a_name_is_not_cut_at_a_comment(tmp_path: Path, clock: VirtualClock) -> None:
    """A signature does not see comments; a name that ended there would be that of somebody else."""

    async def walk(stage: Stage) -> None:
        said = replace(await stage.leave(), subject="ada-0001.evil", email="ada@example.org.evil")
        shown = base64.b64decode(provider.answer(said))
        for name in (b"ada-0001", b"ada@example.org"):
            assert name + b".evil" in shown
            shown = shown.replace(name + b".evil", name + b"<!-- -->.evil")
        onward = await stage.bring(base64.b64encode(shown).decode())
        assert (await stage.browser.get(onward)).headers["location"] == UNKNOWN

    play(tmp_path, clock, walk)


DOCTYPES: Final = (
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE r SYSTEM "http://localhost:1/x.dtd">',
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;&b;&b;">]>',
)


def test_nothing_is_fetched_or_blown_up_while_it_is_read(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        for doctype in DOCTYPES:
            said = await stage.leave()
            shown = base64.b64decode(provider.answer(said)).replace(b">ada-0001<", b">&x;<")
            assert await stage.bring(base64.b64encode(doctype.encode() + shown).decode()) == REFUSED, doctype

    play(tmp_path, clock, walk)


def test_a_signature_cannot_run_programs(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        def with_program(document: Any) -> None:
            document.findall(".//ds:Transform", NAMES)[1].set(
                "Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116"
            )

        assert await stage.go(replace(await stage.leave(), after=with_program)) == REFUSED

    play(tmp_path, clock, walk)


def test_an_old_way_of_signing_is_not_believed(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        def weakly(document: Any) -> None:
            provider.sign(only(document, "saml:Assertion"), a_pair(), "RSA_SHA1", "SHA1")

        assert await stage.go(replace(await stage.leave(), signs="", after=weakly)) == REFUSED

    play(tmp_path, clock, walk)


def test_what_is_no_answer_is_refused_and_guessing_is_slowed(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        for shown in ("A", "%%%", "bm8geG1s", base64.b64encode(b"<a/><a/>").decode(), "PGEvPg=="):
            assert await stage.bring(shown) == REFUSED
        assert await stage.bring("A") == "/sign-in?error=too-many-tries"

    play(tmp_path, clock, walk)


def test_an_answer_has_a_largest_size(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        assert (await stage.browser.post(ACS, data={"SAMLResponse": "A" * 500_000})).status_code == 422

    play(tmp_path, clock, walk)


# -- without it ----------------------------------------------------------------------------------------------------


def test_nobody_comes_in_whom_an_owner_has_not_added(tmp_path: Path, clock: VirtualClock) -> None:
    async def walk(stage: Stage) -> None:
        assert await stage.go(await stage.leave()) == UNKNOWN
        assert await stage.me() is None

    play(tmp_path, clock, walk, email="somebody@example.org")


def test_without_a_file_there_is_no_such_way(tmp_path: Path, clock: VirtualClock) -> None:
    async def run(ours: Accounts) -> None:
        async with a_client(ours) as browser:
            for path in ("start", "metadata"):
                found = await browser.get(f"/api/v1/auth/saml/{path}")
                assert (found.status_code, found.json()["code"]) == (404, "no-provider")
            found = await browser.post(ACS, data={"SAMLResponse": "x"})
            assert found.headers["location"] == "/sign-in?error=no-provider"

    with open_accounts(tmp_path, clock) as ours:
        asyncio.run(run(ours))


def test_the_libraries_are_imported_only_where_a_file_asks_for_them(tmp_path: Path) -> None:
    seen = (
        "import sys, enerwise.serve.api.app; print([each for each in sys.modules if 'saml2' in each or 'lxml' in each])"
    )
    told = subprocess.run([sys.executable, "-c", seen], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"


def test_missing_libraries_are_told_with_the_extra(
    tmp_path: Path, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    monkeypatch.setitem(sys.modules, "enerwise.serve.accounts.saml.words", None)
    with pytest.raises(OutsideError, match=r"pip install 'enerwise\[saml\]'"), open_accounts(tmp_path, clock):
        pass


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"sign_in": "http://id.example"}, "https://"),
        ({"issuer": ""}, "1 to 200"),
        ({"certificate": "none"}, "not one of X.509"),
        ({"certificate": []}, "the list is empty"),
        ({"private_key": "x"}, "come together"),
        ({"private_key": "x", "own_certificate": a_pair().certificate}, "not a key"),
        ({"private_key": a_pair("ours").key, "own_certificate": a_pair().certificate}, "not the one"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, clock: VirtualClock, facts: dict[str, Any], told: str) -> None:
    path = write(tmp_path, **facts)
    with pytest.raises(OutsideError, match=told), open_accounts(tmp_path, clock):
        pass
    # Nothing was left open: the next try finds the folder free.
    path.unlink()
    with open_accounts(tmp_path, clock):
        pass
