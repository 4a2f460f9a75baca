from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...models.site_audit_page import SiteAuditPage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    site: str,
    *,
    limit: int | Unset = 100,
    cursor: int | None | Unset = UNSET,
    kind: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    json_cursor: int | None | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    json_kind: None | str | Unset
    if isinstance(kind, Unset):
        json_kind = UNSET
    else:
        json_kind = kind
    params["kind"] = json_kind

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/sites/{site}/audit".format(
            site=quote(str(site), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | SiteAuditPage | None:
    if response.status_code == 200:
        response_200 = SiteAuditPage.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = ProblemDetails.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ProblemDetails.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ProblemDetails.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ProblemDetails.from_dict(response.json())

        return response_404

    if response.status_code == 414:
        response_414 = ProblemDetails.from_dict(response.json())

        return response_414

    if response.status_code == 422:
        response_422 = ProblemDetails.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = ProblemDetails.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = ProblemDetails.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProblemDetails | SiteAuditPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 100,
    cursor: int | None | Unset = UNSET,
    kind: None | str | Unset = UNSET,
) -> Response[ProblemDetails | SiteAuditPage]:
    """List Audit

     Return lines of the chain, the newest first, and whether the chain is whole.

    Args:
        site (str):
        limit (int | Unset):  Default: 100.
        cursor (int | None | Unset): The `next` of the page before.
        kind (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | SiteAuditPage]
    """

    kwargs = _get_kwargs(
        site=site,
        limit=limit,
        cursor=cursor,
        kind=kind,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 100,
    cursor: int | None | Unset = UNSET,
    kind: None | str | Unset = UNSET,
) -> ProblemDetails | SiteAuditPage | None:
    """List Audit

     Return lines of the chain, the newest first, and whether the chain is whole.

    Args:
        site (str):
        limit (int | Unset):  Default: 100.
        cursor (int | None | Unset): The `next` of the page before.
        kind (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | SiteAuditPage
    """

    return sync_detailed(
        site=site,
        client=client,
        limit=limit,
        cursor=cursor,
        kind=kind,
    ).parsed


async def asyncio_detailed(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 100,
    cursor: int | None | Unset = UNSET,
    kind: None | str | Unset = UNSET,
) -> Response[ProblemDetails | SiteAuditPage]:
    """List Audit

     Return lines of the chain, the newest first, and whether the chain is whole.

    Args:
        site (str):
        limit (int | Unset):  Default: 100.
        cursor (int | None | Unset): The `next` of the page before.
        kind (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | SiteAuditPage]
    """

    kwargs = _get_kwargs(
        site=site,
        limit=limit,
        cursor=cursor,
        kind=kind,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 100,
    cursor: int | None | Unset = UNSET,
    kind: None | str | Unset = UNSET,
) -> ProblemDetails | SiteAuditPage | None:
    """List Audit

     Return lines of the chain, the newest first, and whether the chain is whole.

    Args:
        site (str):
        limit (int | Unset):  Default: 100.
        cursor (int | None | Unset): The `next` of the page before.
        kind (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | SiteAuditPage
    """

    return (
        await asyncio_detailed(
            site=site,
            client=client,
            limit=limit,
            cursor=cursor,
            kind=kind,
        )
    ).parsed
