"""Codes from a phone (TOTP, RFC 6238), and codes on paper for the day it is lost.

The shared secret lies in the vault. A code opens once: the half-minute of the newest one that was used is kept, and
nothing older is taken. Codes on paper are kept as hashes and open once too.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

import pyotp
from sqlalchemy import Connection, delete, insert, select, update

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.ids import hash_of
from enerwise.serve.accounts.tables import PEOPLE, RECOVERY, TOTP
from enerwise.serve.api.problems import Trouble

STEP_S: Final = 30
LEEWAY_STEPS: Final = 1
"""Phones and boxes may differ by so much."""
RECOVERY_COUNT: Final = 10
RECOVERY_BYTES: Final = 10
ISSUER: Final = "Enerwise"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a phone needs; shown once."""

    secret: str
    address: str
    """For a picture that a phone reads: ``otpauth://totp/...``."""


class Totp:
    """Enrols, confirms, checks."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def enrol(self, person_id: str) -> Enrolment:
        """Make a secret that counts once it is confirmed.

        Raises:
            Trouble: 409, there is a confirmed one; remove it first.
        """
        secret = pyotp.random_base32(32)
        sealed, now_s = self._ground.vault.seal(secret.encode(), _place(person_id)), self._ground.now_s()

        def work(connection: Connection) -> str:
            if self.is_on(connection, person_id):
                raise Trouble(409, "totp-is-on", "codes are on already; turn them off first, with a code")
            connection.execute(delete(TOTP).where(TOTP.c.person_id == person_id))
            connection.execute(insert(TOTP).values(person_id=person_id, sealed=sealed, made_at=now_s, last_step=-1))
            return str(connection.execute(select(PEOPLE.c.email).where(PEOPLE.c.id == person_id)).scalar())

        email = await self._ground.change(work)
        return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER))

    async def confirm(self, person_id: str, code: str) -> list[str]:
        """Turn codes on with a first one, and return the codes for paper.

        Raises:
            Trouble: 404, nothing to confirm; 422, the code is wrong.
        """
        now_s = self._ground.now_s()
        papers = [_paper() for _ in range(RECOVERY_COUNT)]

        def work(connection: Connection) -> None:
            row = connection.execute(select(TOTP).where(TOTP.c.person_id == person_id)).first()
            if row is None or row.confirmed_at is not None:
                raise Trouble(404, "no-enrolment", "there is nothing to confirm; begin with POST /api/v1/me/totp")
            if not self._phone(connection, person_id, code):
                raise Trouble(
                    422, "wrong-code", "this code is wrong; check the clock of the phone and take the next one"
                )
            connection.execute(update(TOTP).where(TOTP.c.person_id == person_id).values(confirmed_at=now_s))
            connection.execute(delete(RECOVERY).where(RECOVERY.c.person_id == person_id))
            rows = [{"hash": hash_of(_bare(each)), "person_id": person_id, "made_at": now_s} for each in papers]
            connection.execute(insert(RECOVERY), rows)

        await self._ground.change(work)
        self._ground.trail.note("change", person_id, who=person_id, what="codes turned on")
        return papers

    async def remove(self, person_id: str, by_id: str) -> None:
        """Turn codes off."""

        def work(connection: Connection) -> None:
            connection.execute(delete(TOTP).where(TOTP.c.person_id == person_id))
            connection.execute(delete(RECOVERY).where(RECOVERY.c.person_id == person_id))

        await self._ground.change(work)
        self._ground.trail.note("change", person_id, who=by_id, what="codes turned off")

    def is_on(self, connection: Connection, person_id: str) -> bool:
        """Tell whether a person needs codes."""
        on = select(TOTP.c.person_id).where(TOTP.c.person_id == person_id, TOTP.c.confirmed_at.is_not(None))
        return connection.execute(on).first() is not None

    def opens(self, connection: Connection, person_id: str, code: str) -> bool:
        """Tell whether a code opens, from phone or paper, and use it up."""
        return self._phone(connection, person_id, code) or self._paper(connection, person_id, code)

    def _phone(self, connection: Connection, person_id: str, code: str) -> bool:
        row = connection.execute(select(TOTP).where(TOTP.c.person_id == person_id)).first()
        if row is None:
            return False
        step = self._step(self._ground.vault.open(row.sealed, _place(person_id)).decode(), _bare(code))
        if step is None:
            return False
        # In one statement: of two who show the same code at once, one comes in.
        used = update(TOTP).where(TOTP.c.person_id == person_id, TOTP.c.last_step < step).values(last_step=step)
        return connection.execute(used).rowcount > 0

    def _step(self, secret: str, code: str) -> int | None:
        now_step, phone = self._ground.now_s() // STEP_S, pyotp.TOTP(secret, interval=STEP_S)
        near = range(now_step - LEEWAY_STEPS, now_step + LEEWAY_STEPS + 1)
        fits = [step for step in near if hmac.compare_digest(phone.generate_otp(step), code)]
        return max(fits, default=None)

    def _paper(self, connection: Connection, person_id: str, code: str) -> bool:
        mine = update(RECOVERY).where(RECOVERY.c.hash == hash_of(_bare(code)), RECOVERY.c.person_id == person_id)
        unused = mine.where(RECOVERY.c.used_at.is_(None)).values(used_at=self._ground.now_s())
        return connection.execute(unused).rowcount > 0


def _place(person_id: str) -> str:
    return f"totp/{person_id}"


def _paper() -> str:
    word = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(word[at : at + 4] for at in range(0, len(word), 4))


def _bare(code: str) -> str:
    """Return a code without what people put in to read it better."""
    return "".join(each for each in code.lower() if each.isascii() and each.isalnum())
