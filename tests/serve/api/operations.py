"""Every operation of the API and the gate that stands before it, found in the routes themselves."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi.routing import APIRoute

from enerwise.serve.api import access
from enerwise.serve.api.access import Action, Caller
from enerwise.serve.api.resources import described, gates

GATES: Final = ("at_site", "on_server", "anywhere", "known", "as_person", "in_session")


@dataclass(frozen=True, slots=True)
class Gate:
    """What a route asks of whoever comes, as it was declared in `access`."""

    kind: str
    action: Action | None

    def lets(self, caller: Caller | None, site: str) -> str:
        """Return what must happen: ``unknown``, ``hidden``, ``refused`` or ``in``."""
        if caller is None:
            return "unknown"
        if self.kind == "at_site" and not any(caller.may(each, site) for each in Action):
            return "hidden"
        if self.action is Action.MANAGE and caller.needs_step_up:
            return "refused"
        return "in" if self._may(caller, site) else "refused"

    def _may(self, caller: Caller, site: str) -> bool:
        match self.kind:
            case "at_site":
                assert self.action is not None
                return caller.may(self.action, site)
            case "on_server":
                assert self.action is not None
                return caller.may(self.action)
            case "anywhere":
                assert self.action is not None
                return any(caller.may(self.action, place) for place in caller.actions)
            case "as_person":
                return caller.kind == "person"
            case "in_session":
                return caller.session is not None
            case "known":
                return True
        raise AssertionError(f"no such gate: {self.kind}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one path."""

    name: str
    method: str
    path: str
    gate: Gate | None
    """None where everybody may come."""

    def at(self, site: str) -> str:
        """Return an address of it: at a site, and of something that is not there."""
        parts = ["nothing" if each.startswith("{") else each for each in self.path.replace("{site}", site).split("/")]
        asks = self.gate is not None and self.gate.kind == "at_site" and "{site}" not in self.path
        return "/".join(parts) + (f"?site={site}" if asks else "")


def operations() -> list[Operation]:
    """Return all operations that the API describes, in the order of their files."""
    return [
        Operation(route.name, method, prefix + route.path_format, _gate(route))
        for prefix, route in described()
        for method in sorted(route.methods or ())
    ]


def _gate(route: APIRoute) -> Gate | None:
    found = [_as_gate(each) for each in gates(route)]
    assert len(found) <= 1, f"{route.path}: one gate is enough, there are {found}"
    return found[0] if found else None


def _as_gate(call: Any) -> Gate:
    kind = call.__qualname__.partition(".")[0]
    assert call.__module__ == access.__name__, f"a gate of its own: {call}"
    assert kind in GATES, f"a gate that the matrix does not know: {kind}"
    return Gate(kind, call.action)
