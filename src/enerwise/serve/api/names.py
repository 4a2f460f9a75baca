"""Names of those who did something: records hold ids, and people read names, as long as there is one."""

from collections.abc import Mapping
from typing import Any, Final

from enerwise.core.time import elapsed_s
from enerwise.serve.api.problems import Trouble

HOLDS_S: Final = 60.0
MOST: Final = 1000
SOMEBODY: Final = "–"


class Names:
    """Names by id, asked of the accounts and kept for a minute."""

    def __init__(self, accounts: Any) -> None:
        self._people = getattr(accounts, "people", None)
        self._known: dict[str, tuple[str, float]] = {}

    async def of(self, who: str) -> str:
        """Return a name; what is no id of ours, such as a name from the command line, stays as it is."""
        if not who or self._people is None:
            return who
        name, at_s = self._known.get(who, ("", -HOLDS_S))
        if elapsed_s() - at_s < HOLDS_S:
            return name
        try:
            name = str((await self._people.find(who)).name) or SOMEBODY
        except Trouble:
            name = who
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[who] = name, elapsed_s()
        return name

    async def told(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row whose ``who`` is a name."""
        return {**row, "who": await self.of(str(row.get("who") or ""))}
