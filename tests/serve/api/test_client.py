"""The generated Python client: it is that of this version, and it reads a site and a series."""

import asyncio
import filecmp
import os
import subprocess
import sys
from pathlib import Path

import httpx

from clients.python.enerwise_client import AuthenticatedClient
from clients.python.enerwise_client.api.control import add_override
from clients.python.enerwise_client.api.metering import read_series
from clients.python.enerwise_client.api.sites import list_sites, read_site
from clients.python.enerwise_client.models import OverrideRequest, ProblemDetails, SeriesShape, SitePage, SiteShape

from .builders import FOREIGN, OWN, Client

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "clients" / "python" / "enerwise_client"


def a_client(home: Client, who: str = f"owner@{OWN}") -> AuthenticatedClient:
    speaks = AuthenticatedClient(base_url="http://localhost:8600", token=who)
    headers = {"Authorization": f"Bearer {who}"}
    return speaks.set_async_httpx_client(
        httpx.AsyncClient(transport=httpx.ASGITransport(home.app), base_url="http://localhost:8600", headers=headers)
    )


def test_it_reads_sites_a_site_and_a_series(home: Client) -> None:
    asyncio.run(_reads(home))


async def _reads(home: Client) -> None:
    client = a_client(home)
    sites = await list_sites.asyncio(client=client)
    assert isinstance(sites, SitePage)
    assert [each.id for each in sites.items] == [OWN]
    site = await read_site.asyncio(OWN, client=client)
    assert isinstance(site, SiteShape)
    assert (site.timezone, site.assets[1].capacity_wh) == ("Europe/Berlin", 13_500.0)
    day = await read_series.asyncio(
        OWN,
        client=client,
        key=["home.power_w", "grid.power_w"],
        from_="2026-05-12T22:00:00Z",
        to="2026-05-13T22:00:00Z",
        step_s=900,
    )
    assert isinstance(day, SeriesShape)
    assert len(day.start_utc) == len(day.columns["home.power_w"]) == 96


def test_it_tells_refusals_with_their_code(home: Client) -> None:
    asyncio.run(_is_refused(home))


async def _is_refused(home: Client) -> None:
    hidden = await read_site.asyncio(FOREIGN, client=a_client(home))
    assert isinstance(hidden, ProblemDetails)
    assert (hidden.status, hidden.code) == (404, "no-such-site")
    wish = OverrideRequest(asset="battery", action="rest", until="2026-05-14T03:00:00Z")
    refused = await add_override.asyncio(OWN, client=a_client(home, f"viewer@{OWN}"), body=wish)
    assert isinstance(refused, ProblemDetails)
    assert refused.code == "not-allowed"


def test_the_kept_client_is_generated_from_the_kept_description(tmp_path: Path) -> None:
    made = tmp_path / "enerwise_client"
    tools = Path(sys.executable).parent
    subprocess.run(
        [tools / "openapi-python-client", "generate", "--meta", "none", "--path", ROOT / "docs" / "openapi.json",
         "--config", PACKAGE.parent / "generate.yaml", "--output-path", made],
        env={**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    assert differences(filecmp.dircmp(made, PACKAGE, ignore=["__pycache__"])) == [], "make client"


def differences(found: filecmp.dircmp[str]) -> list[str]:
    here = [*found.left_only, *found.right_only, *found.diff_files, *found.funny_files]
    return here + [each for inner in found.subdirs.values() for each in differences(inner)]
