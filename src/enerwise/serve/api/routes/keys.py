"""Keys for programs."""

from typing import Annotated, Final

from fastapi import APIRouter, Request, Response

from enerwise.serve.accounts.visits import NO_STORE, Cursor, Limit, accounts_of, paged
from enerwise.serve.api.access import Action, Caller, in_session, on_server
from enerwise.serve.api.routes.auth import TOLD
from enerwise.serve.api.routes.me import check_fresh
from enerwise.serve.api.shapes.keys import IssuedKey, KeyShape, KeysPage, NewKey, Turned

router = APIRouter(tags=["accounts"])
InSession = Annotated[Caller, in_session()]
Manages = Annotated[Caller, on_server(Action.MANAGE)]
DAY_S: Final = 86_400


@router.get("/keys", response_model=KeysPage, responses=TOLD)
async def list_keys(request: Request, caller: InSession, limit: Limit = 100, cursor: Cursor = None) -> KeysPage:
    """List one's own keys, or all of them for those who manage; the newest first."""
    accounts, may_all = accounts_of(request), caller.may(Action.MANAGE)
    names = await accounts.people.names()
    found = await accounts.keys.listed(None if may_all else caller.id)
    items, following = paged(found, limit, cursor, lambda each: each.id)
    accounts.ground.trail.note("read", "keys", who=caller.id, whose=sorted({each.issuer_id for each in items}))
    return KeysPage(items=[KeyShape.of(each, names.get(each.issuer_id, "")) for each in items], next=following)


@router.post("/keys", response_model=IssuedKey, status_code=201, responses=TOLD)
async def issue_key(request: Request, response: Response, caller: InSession, asked: NewKey) -> IssuedKey:
    """Issue a key; its secret is shown now and never again. It can never do more than whoever issued it."""
    if any(Action.MANAGE in actions for actions in asked.scopes.values()):
        check_fresh(caller)
    response.headers["Cache-Control"] = NO_STORE
    issued = await accounts_of(request).keys.issue(
        caller,
        name=asked.name,
        scopes={site: frozenset(actions) for site, actions in asked.scopes.items()},
        lasts_s=None if asked.lasts_days is None else asked.lasts_days * DAY_S,
        holder_id=asked.holder_id,
    )
    return IssuedKey(key=KeyShape.of(issued.key, caller.name), secret=issued.secret)


@router.delete("/keys/{key_id}", status_code=204, responses=TOLD)
async def revoke_key(request: Request, caller: InSession, key_id: str) -> None:
    """End a key at once."""
    await accounts_of(request).keys.revoke(caller, key_id)


@router.post("/vault/turn", response_model=Turned, responses=TOLD)
async def turn_keys(request: Request, caller: Manages) -> Turned:
    """Put new keys in the place of those that sign tokens and seal secrets; what was sealed still opens."""
    ground, signing = accounts_of(request).ground, accounts_of(request).signing
    await signing.turn()
    await ground.vault.turn_data_key(ground.now_s())
    turns_master = ground.vault.turns_master_key
    if turns_master:
        await ground.vault.turn_master_key()
    ground.trail.note("change", "vault", who=caller.id, what="keys turned", master=turns_master)
    return Turned(signing=True, data=True, master=turns_master)
