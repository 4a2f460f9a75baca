from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.book_shape import BookShape
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    market: str,
    *,
    slot: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_slot: None | str | Unset
    if isinstance(slot, Unset):
        json_slot = UNSET
    else:
        json_slot = slot
    params["slot"] = json_slot

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/markets/{market}/book".format(
            market=quote(str(market), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BookShape | ProblemDetails | None:
    if response.status_code == 200:
        response_200 = BookShape.from_dict(response.json())

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
) -> Response[BookShape | ProblemDetails]:
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
) -> Response[BookShape | ProblemDetails]:
    """Read Market Book

     Return what stands in a slot, by price; in the next one that takes orders where none is named.

    Args:
        market (str):
        slot (None | str | Unset): Start of the slot.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BookShape | ProblemDetails]
    """

    kwargs = _get_kwargs(
        market=market,
        slot=slot,
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
) -> BookShape | ProblemDetails | None:
    """Read Market Book

     Return what stands in a slot, by price; in the next one that takes orders where none is named.

    Args:
        market (str):
        slot (None | str | Unset): Start of the slot.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BookShape | ProblemDetails
    """

    return sync_detailed(
        market=market,
        client=client,
        slot=slot,
    ).parsed


async def asyncio_detailed(
    market: str,
    *,
    client: AuthenticatedClient | Client,
    slot: None | str | Unset = UNSET,
) -> Response[BookShape | ProblemDetails]:
    """Read Market Book

     Return what stands in a slot, by price; in the next one that takes orders where none is named.

    Args:
        market (str):
        slot (None | str | Unset): Start of the slot.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BookShape | ProblemDetails]
    """

    kwargs = _get_kwargs(
        market=market,
        slot=slot,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    market: str,
    *,
    client: AuthenticatedClient | Client,
    slot: None | str | Unset = UNSET,
) -> BookShape | ProblemDetails | None:
    """Read Market Book

     Return what stands in a slot, by price; in the next one that takes orders where none is named.

    Args:
        market (str):
        slot (None | str | Unset): Start of the slot.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BookShape | ProblemDetails
    """

    return (
        await asyncio_detailed(
            market=market,
            client=client,
            slot=slot,
        )
    ).parsed
