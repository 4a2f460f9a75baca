from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...models.trades_shape import TradesShape
from ...types import UNSET, Response, Unset


def _get_kwargs(
    market: str,
    *,
    slot: None | str | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 200,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_slot: None | str | Unset
    if isinstance(slot, Unset):
        json_slot = UNSET
    else:
        json_slot = slot
    params["slot"] = json_slot

    json_cursor: None | str | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/markets/{market}/trades".format(
            market=quote(str(market), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | TradesShape | None:
    if response.status_code == 200:
        response_200 = TradesShape.from_dict(response.json())

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
) -> Response[ProblemDetails | TradesShape]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    market: str,
    *,
    client: AuthenticatedClient | Client,
    slot: None | str | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 200,
) -> Response[ProblemDetails | TradesShape]:
    """List Market Trades

     Return trades of a slot in their sequence, or the newest of all slots.

    Args:
        market (str):
        slot (None | str | Unset): Start of the slot.
        cursor (None | str | Unset): The `next` of the page before.
        limit (int | Unset):  Default: 200.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | TradesShape]
    """

    kwargs = _get_kwargs(
        market=market,
        slot=slot,
        cursor=cursor,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    market: str,
    *,
    client: AuthenticatedClient | Client,
    slot: None | str | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 200,
) -> ProblemDetails | TradesShape | None:
    """List Market Trades

     Return trades of a slot in their sequence, or the newest of all slots.

    Args:
        market (str):
        slot (None | str | Unset): Start of the slot.
        cursor (None | str | Unset): The `next` of the page before.
        limit (int | Unset):  Default: 200.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | TradesShape
    """

    return sync_detailed(
        market=market,
        client=client,
        slot=slot,
        cursor=cursor,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    market: str,
    *,
    client: AuthenticatedClient | Client,
    slot: None | str | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 200,
) -> Response[ProblemDetails | TradesShape]:
    """List Market Trades

     Return trades of a slot in their sequence, or the newest of all slots.

    Args:
        market (str):
        slot (None | str | Unset): Start of the slot.
        cursor (None | str | Unset): The `next` of the page before.
        limit (int | Unset):  Default: 200.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | TradesShape]
    """

    kwargs = _get_kwargs(
        market=market,
        slot=slot,
        cursor=cursor,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    market: str,
    *,
    client: AuthenticatedClient | Client,
    slot: None | str | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 200,
) -> ProblemDetails | TradesShape | None:
    """List Market Trades

     Return trades of a slot in their sequence, or the newest of all slots.

    Args:
        market (str):
        slot (None | str | Unset): Start of the slot.
        cursor (None | str | Unset): The `next` of the page before.
        limit (int | Unset):  Default: 200.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | TradesShape
    """

    return (
        await asyncio_detailed(
            market=market,
            client=client,
            slot=slot,
            cursor=cursor,
            limit=limit,
        )
    ).parsed
