"""Every route of accounts, asked by everybody: who may, who may not, and who must be somebody first."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
from fastapi.routing import APIRoute

from enerwise.serve.accounts.accounts import Accounts
from enerwise.serve.api.access import Action
from enerwise.serve.api.app import PREFIX
from enerwise.serve.api.routes import (
    account_audit,
    auth,
    auth_outside,
    auth_passkeys,
    auth_saml,
    grants,
    keys,
    me,
    oauth,
    people,
)
from tests.serve.accounts.builders import a_client, an_owner, open_accounts
from tests.serve.accounts.test_managing import somebody

MODULES: Final = (account_audit, auth, auth_outside, auth_passkeys, auth_saml, grants, keys, me, oauth, people)
OPEN: Final = frozenset(
    "auth_state first_run sign_in accept_invitation start_outside end_outside passkey_sign_in_options passkey_sign_in "
    "start_saml receive_saml end_saml saml_metadata "
    "authorize token begin_device revoke_token introspect_token userinfo jwks discovery".split()
)
"""Anybody may ask these; each looks itself at what is shown."""
LESSER: Final = (("viewer", "*"), ("operator", "*"), ("installer", "*"), ("service", "*"), ("viewer", "site:home"))


def routes() -> Iterator[tuple[APIRoute, str, Any]]:
    """Yield each route, its address, and the action it asks for."""
    for module in MODULES:
        for route in module.router.routes:
            assert isinstance(route, APIRoute)
            asked = [each.call for each in route.dependant.dependencies if hasattr(each.call, "action")]
            address = getattr(module, "PREFIX", PREFIX) + route.path.replace("{", "").replace("}", "")
            yield route, address, asked[0].action if asked else "open"  # type: ignore[union-attr]


async def ask(client: httpx.AsyncClient, route: APIRoute, address: str) -> httpx.Response:
    """Ask with nothing but who we are."""
    return await client.request(next(iter(route.methods or ())), address)


def test_every_route_names_what_it_asks_for_or_is_known_to_be_open() -> None:
    found = {route.name for route, _, action in routes() if action == "open"}
    assert found == OPEN


def test_who_is_nobody_or_less_than_an_owner_manages_nothing(tmp_path: Path) -> None:
    async def run(accounts: Accounts) -> None:
        async with a_client(accounts, await an_owner(accounts)) as owner:
            people = [
                await somebody(accounts, owner, given, email=f"p{number}@example.org")
                for number, given in enumerate(LESSER)
            ]
        asked = 0
        for route, address, action in routes():
            if action == "open":
                continue
            async with a_client(accounts) as nobody:
                assert (await ask(nobody, route, address)).status_code == 401, address
            for each in people if action is Action.MANAGE else ():
                async with a_client(accounts, each) as client:
                    found = await ask(client, route, address)
                    assert found.status_code == 403, (address, found.text)
                asked += 1
        assert asked > 90

    with open_accounts(tmp_path) as accounts:
        asyncio.run(run(accounts))


def test_who_owns_one_site_manages_roles_there_and_not_the_server(tmp_path: Path) -> None:
    async def run(accounts: Accounts) -> None:
        async with a_client(accounts, await an_owner(accounts)) as owner:
            bo = await somebody(accounts, owner, ("owner", "site:home"))
        async with a_client(accounts, bo) as client:
            for route, address, action in routes():
                if action is Action.MANAGE:
                    found = await ask(client, route, address)
                    may = route.name in ("list_grants", "give_role", "take_role")
                    assert (found.status_code not in (401, 403)) if may else (found.status_code == 403), address

    with open_accounts(tmp_path) as accounts:
        asyncio.run(run(accounts))
