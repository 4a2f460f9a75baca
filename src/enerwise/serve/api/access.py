"""Who may do what: every route names the action it needs; roles are tables of actions, given per site or group.

A site that a caller may not see is as if it were not there. Where it may be seen and the action is missing, the answer
says who can allow it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from fastapi import Depends, Request

from enerwise.serve.api.face import Desk, Face
from enerwise.serve.api.problems import Trouble


class Action(StrEnum):
    """What may be allowed."""

    SEE = "see"
    STOP = "stop"
    CONTROL = "control"
    """Modes, overrides, goals."""
    TRADE = "trade"
    """Send and take back orders on markets, for the participant that a site is."""
    RESTART = "restart"
    """Reset what tripped, start again."""
    INGEST = "ingest"
    CONFIGURE = "configure"
    """Devices, site file."""
    AUDIT = "audit"
    """Read what others did."""
    MANAGE = "manage"
    """People, roles, keys, backup."""


_SEE: Final = frozenset({Action.SEE, Action.STOP})
_OPERATE: Final = _SEE | {Action.CONTROL, Action.RESTART}
_INSTALL: Final = _OPERATE | {Action.CONFIGURE, Action.AUDIT, Action.INGEST}
ROLES: Final[Mapping[str, frozenset[Action]]] = MappingProxyType(
    {
        "viewer": _SEE,
        "operator": _OPERATE | {Action.TRADE},
        "installer": _INSTALL,
        "owner": _INSTALL | {Action.TRADE, Action.MANAGE},
        # A machine may do nothing but what the scopes of its key name.
        "service": frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks, once it is known."""

    id: str
    kind: str
    """``person``, ``key`` or ``box``."""
    name: str
    actions: Mapping[str, frozenset[Action]] = field(default_factory=dict)
    """By site id, groups and inheritance worked out already; ``*`` holds at every site and for the server itself."""
    session: str | None = None
    """Of a browser; None for tokens and keys."""
    needs_step_up: bool = False
    """Whether a fresh code must be shown before anything of weight: only then may it manage."""

    def may(self, action: Action, site: str = "*") -> bool:
        """Tell whether it may do this at a site; ``*`` is the server itself."""
        return any(action in self.actions.get(each, ()) for each in {site, "*"})


@dataclass(frozen=True, slots=True)
class At:
    """A caller at a site."""

    desk: Desk
    caller: Caller
    face: Face


async def caller_of(request: Request) -> Caller:
    """Return whoever asks.

    Raises:
        Trouble: 401, nobody is known.
    """
    face: Face = request.app.state.face
    found = await face.accounts.caller(request)
    if found is None:
        raise Trouble(401, "not-signed-in", "sign in, or send a token", headers={"WWW-Authenticate": "Bearer"})
    # Whoever logs the request reads it here.
    request.scope["enerwise.caller"] = found
    return found


def at_site(action: Action) -> Any:
    """Return the dependency of a route with ``{site}`` in its path: gives `At`, or refuses."""

    async def check(request: Request, site: str) -> At:
        caller, face = await caller_of(request), _face(request)
        desk = face.desks.get(site)
        if desk is None or not any(caller.may(each, site) for each in Action):
            raise Trouble(404, "no-such-site", f"there is no site {site!r} that you may see")
        check_allowed(caller, action, site)
        return At(desk, caller, face)

    check.action = action  # type: ignore[attr-defined]  # read by the test of the authorization matrix
    return Depends(check)


def on_server(action: Action) -> Any:
    """Return the dependency of a route about the server itself: gives `Caller`, or refuses."""

    async def check(request: Request) -> Caller:
        caller = await caller_of(request)
        check_allowed(caller, action)
        return caller

    check.action = action  # type: ignore[attr-defined]  # read by the test of the authorization matrix
    return Depends(check)


def anywhere(action: Action) -> Any:
    """Return the dependency of a route that looks itself at which places an action is allowed: gives `Caller`."""

    async def check(request: Request) -> Caller:
        caller = await caller_of(request)
        place = next((each for each in caller.actions if caller.may(action, each)), "*")
        check_allowed(caller, action, place)
        return caller

    check.action = action  # type: ignore[attr-defined]  # read by the test of the authorization matrix
    return Depends(check)


def known() -> Any:
    """Return the dependency of a route that looks itself at what may be seen: gives `Caller`, whoever it is."""

    async def check(request: Request) -> Caller:
        return await caller_of(request)

    check.action = None  # type: ignore[attr-defined]  # read by the test of the authorization matrix
    return Depends(check)


def as_person() -> Any:
    """Return the dependency of a route about one's own account: gives `Caller`, a person, by session or token."""

    async def check(request: Request) -> Caller:
        caller = await caller_of(request)
        if caller.kind != "person":
            raise Trouble(403, "not-a-person", "this is about the account of a person; a key has none")
        return caller

    check.action = None  # type: ignore[attr-defined]  # read by the test of the authorization matrix
    return Depends(check)


def in_session() -> Any:
    """Return the dependency of a route that changes how somebody proves who he is: a session, no token and no key."""

    async def check(request: Request) -> Caller:
        caller = await caller_of(request)
        if caller.session is None:
            raise Trouble(403, "needs-session", "this can be done only by a person who is signed in at the page")
        return caller

    check.action = None  # type: ignore[attr-defined]  # read by the test of the authorization matrix
    return Depends(check)


def check_allowed(caller: Caller, action: Action, site: str = "*") -> None:
    """Refuse what a caller may not do at a site, or may only with a fresh code.

    Raises:
        Trouble: 403.
    """
    if not caller.may(action, site):
        raise refusal(action)
    if action is Action.MANAGE and caller.needs_step_up:
        raise Trouble(403, "needs-step-up", "this needs a fresh code from the phone: POST /api/v1/auth/step-up")


def refusal(action: Action) -> Trouble:
    """Say that an action is missing, and who can allow it."""
    roles = [name for name, actions in ROLES.items() if action in actions]
    told = f"this needs the right to {action}, which {', '.join(roles)} have; an owner can give it to you"
    return Trouble(403, "not-allowed", told)


def _face(request: Request) -> Face:
    face: Face = request.app.state.face
    return face
