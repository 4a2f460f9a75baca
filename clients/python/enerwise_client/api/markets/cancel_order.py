from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.cancelled_shape import CancelledShape
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    market: str,
    order: str,
    *,
    participant: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_participant: None | str | Unset
    if isinstance(participant, Unset):
        json_participant = UNSET
    else:
        json_participant = participant
    params["participant"] = json_participant

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/api/v1/markets/{market}/orders/{order}".format(
            market=quote(str(market), safe=""),
            order=quote(str(order), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CancelledShape | ProblemDetails | None:
    if response.status_code == 200:
        response_200 = CancelledShape.from_dict(response.json())

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

    if response.status_code == 409:
        response_409 = ProblemDetails.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = ProblemDetails.from_dict(response.json())

        return response_413

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
) -> Response[CancelledShape | ProblemDetails]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    market: str,
    order: str,
    *,
    client: AuthenticatedClient | Client,
    participant: None | str | Unset = UNSET,
) -> Response[CancelledShape | ProblemDetails]:
    """Cancel Order

     Take an order out, as far as it is not filled.

    Args:
        market (str):
        order (str): As it was sent.
        participant (None | str | Unset): Needed where one has several.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CancelledShape | ProblemDetails]
    """

    kwargs = _get_kwargs(
        market=market,
        order=order,
        participant=participant,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    market: str,
    order: str,
    *,
    client: AuthenticatedClient | Client,
    participant: None | str | Unset = UNSET,
) -> CancelledShape | ProblemDetails | None:
    """Cancel Order

     Take an order out, as far as it is not filled.

    Args:
        market (str):
        order (str): As it was sent.
        participant (None | str | Unset): Needed where one has several.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CancelledShape | ProblemDetails
    """

    return sync_detailed(
        market=market,
        order=order,
        client=client,
        participant=participant,
    ).parsed


async def asyncio_detailed(
    market: str,
    order: str,
    *,
    client: AuthenticatedClient | Client,
    participant: None | str | Unset = UNSET,
) -> Response[CancelledShape | ProblemDetails]:
    """Cancel Order

     Take an order out, as far as it is not filled.

    Args:
        market (str):
        order (str): As it was sent.
        participant (None | str | Unset): Needed where one has several.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CancelledShape | ProblemDetails]
    """

    kwargs = _get_kwargs(
        market=market,
        order=order,
        participant=participant,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    market: str,
    order: str,
    *,
    client: AuthenticatedClient | Client,
    participant: None | str | Unset = UNSET,
) -> CancelledShape | ProblemDetails | None:
    """Cancel Order

     Take an order out, as far as it is not filled.

    Args:
        market (str):
        order (str): As it was sent.
        participant (None | str | Unset): Needed where one has several.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CancelledShape | ProblemDetails
    """

    return (
        await asyncio_detailed(
            market=market,
            order=order,
            client=client,
            participant=participant,
        )
    ).parsed
