"""All that is kept about one person, for the person to take along; secrets are not part of it."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.people import row_of
from enerwise.serve.accounts.tables import CONSENTS, FAMILIES, GRANTS, KEYS, LINKS, PASSKEYS, SESSIONS, TOTP

PARTS: Final[Mapping[str, tuple[Table, str, tuple[str, ...]]]] = {
    "sessions": (SESSIONS, "person_id", ("id", "agent", "way", "made_at", "seen_at", "ends_at")),
    "roles": (GRANTS, "person_id", ("id", "role", "scope", "made_by", "made_at")),
    "keys": (KEYS, "holder_id", ("id", "name", "scopes", "made_at", "ends_at", "used_at", "revoked_at")),
    "codes": (TOTP, "person_id", ("made_at", "confirmed_at")),
    "passkeys": (PASSKEYS, "person_id", ("id", "name", "made_at", "used_at")),
    "outside_links": (LINKS, "person_id", ("issuer", "subject", "made_at")),
    "consents": (CONSENTS, "person_id", ("client_id", "scope", "made_at")),
    "apps": (FAMILIES, "person_id", ("id", "client_id", "made_at", "ends_at", "revoked_at")),
}
PERSON: Final = ("id", "kind", "name", "email", "language", "made_at", "disabled_at")


def taken_along(connection: Connection, person_id: str) -> dict[str, Any]:
    """Return what the database holds about a person; moments are epoch seconds.

    Raises:
        Trouble: 404, there is no such person.
    """
    row = row_of(connection, person_id)
    found: dict[str, Any] = {"person": {name: getattr(row, name) for name in PERSON}}
    for name, (table, column, wanted) in PARTS.items():
        mine = select(*(table.c[each] for each in wanted)).where(table.c[column] == person_id)
        found[name] = [dict(each._mapping) for each in connection.execute(mine)]
    return found


async def export(ground: Ground, person_id: str) -> dict[str, Any]:
    """Return everything about a person.

    Raises:
        Trouble: 404, there is no such person.
    """
    return await ground.read(lambda connection: taken_along(connection, person_id))
