from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...models.proof_shape import ProofShape
from ...types import UNSET, Response, Unset


def _get_kwargs(
    market: str,
    *,
    slot: str,
    participant: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["slot"] = slot

    json_participant: None | str | Unset
    if isinstance(participant, Unset):
        json_participant = UNSET
    else:
        json_participant = participant
    params["participant"] = json_participant

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/markets/{market}/proofs".format(
            market=quote(str(market), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | ProofShape | None:
    if response.status_code == 200:
        response_200 = ProofShape.from_dict(response.json())

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
) -> Response[ProblemDetails | ProofShape]:
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
    slot: str,
    participant: None | str | Unset = UNSET,
) -> Response[ProblemDetails | ProofShape]:
    """Read Proof

     Return what was booked for a participant in a slot, each entry in full with its way to the slot's
    root.

    Args:
        market (str):
        slot (str): Start of a settled slot.
        participant (None | str | Unset): Needed where one has several.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | ProofShape]
    """

    kwargs = _get_kwargs(
        market=market,
        slot=slot,
        participant=participant,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    market: str,
    *,
    client: AuthenticatedClient | Client,
    slot: str,
    participant: None | str | Unset = UNSET,
) -> ProblemDetails | ProofShape | None:
    """Read Proof

     Return what was booked for a participant in a slot, each entry in full with its way to the slot's
    root.

    Args:
        market (str):
        slot (str): Start of a settled slot.
        participant (None | str | Unset): Needed where one has several.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | ProofShape
    """

    return sync_detailed(
        market=market,
        client=client,
        slot=slot,
        participant=participant,
    ).parsed


async def asyncio_detailed(
    market: str,
    *,
    client: AuthenticatedClient | Client,
    slot: str,
    participant: None | str | Unset = UNSET,
) -> Response[ProblemDetails | ProofShape]:
    """Read Proof

     Return what was booked for a participant in a slot, each entry in full with its way to the slot's
    root.

    Args:
        market (str):
        slot (str): Start of a settled slot.
        participant (None | str | Unset): Needed where one has several.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | ProofShape]
    """

    kwargs = _get_kwargs(
        market=market,
        slot=slot,
        participant=participant,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    market: str,
    *,
    client: AuthenticatedClient | Client,
    slot: str,
    participant: None | str | Unset = UNSET,
) -> ProblemDetails | ProofShape | None:
    """Read Proof

     Return what was booked for a participant in a slot, each entry in full with its way to the slot's
    root.

    Args:
        market (str):
        slot (str): Start of a settled slot.
        participant (None | str | Unset): Needed where one has several.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | ProofShape
    """

    return (
        await asyncio_detailed(
            market=market,
            client=client,
            slot=slot,
            participant=participant,
        )
    ).parsed
