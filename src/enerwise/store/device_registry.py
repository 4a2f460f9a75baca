"""Identified devices on disk: for each of them the parameters, and which serve plans (`enerwise.store.champions`).

What the site file declares competes, too, as a model without parameters: it serves until another was better. A model is
a few numbers in JSON, no program.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, ClassVar, Final

from enerwise.store.champions import Champions, Entry, wrong

DECLARED: Final = "declared"
"""How the names of models begin that are what the site file says."""


class DeviceRegistry(Champions):
    """The models of one device, identified in one way."""

    # Whatever makes one day worse, a cold spell or a full battery, lasts into the next.
    lags: ClassVar[int] = 1

    def declare(self, facts: Mapping[str, float]) -> Entry:
        """Let what the site file says compete; where it says something new it serves at once.

        Returns:
            The model that serves, which is what was identified from the same facts, or these facts themselves.

        Raises:
            ProblemsFound: The place cannot be written to.
        """
        champion = self.champion()
        if champion is not None and dict(self.entry(champion).manifest["facts"]) == dict(facts):
            return self.entry(champion)
        name = declared_name(facts)
        if name not in {each.name for each in self.entries()}:
            self.keep(name, {"facts": dict(facts), "parameters": {}, "losses": {}}, b"{}")
        if self.champion() != name:
            self.promote(name, forced_because="the site file tells other facts")
        return self.entry(name)

    def add(self, name: str, manifest: Mapping[str, Any], parameters: Mapping[str, float]) -> Entry:
        """Keep identified parameters.

        Raises:
            ProblemsFound: The name is taken, or the place cannot be written to.
        """
        return self.keep(name, manifest, json.dumps(dict(parameters), sort_keys=True, allow_nan=False).encode())

    def load(self, name: str) -> dict[str, float]:
        """Return the parameters of a model; none of what is declared.

        Raises:
            ProblemsFound: There is no such model, or the file is not the one that was written.
        """
        content = self.content(name)
        try:
            return {str(key): float(value) for key, value in json.loads(content).items()}
        except (ValueError, AttributeError, TypeError) as error:
            raise wrong(self.folder / name, f"holds no parameters: {error}", "identify the device again") from None


def declared_name(facts: Mapping[str, float]) -> str:
    """Return the name of what the site file says.

    >>> declared_name({"capacity_wh": 10_000.0})
    'declared-4a2d5e41'
    """
    return f"{DECLARED}-{sha256(json.dumps(dict(facts), sort_keys=True).encode()).hexdigest()[:8]}"
