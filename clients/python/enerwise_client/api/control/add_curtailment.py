from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.curtailment_page import CurtailmentPage
from ...models.curtailment_request import CurtailmentRequest
from ...models.problem_details import ProblemDetails
from ...types import Response


def _get_kwargs(
    site: str,
    *,
    body: CurtailmentRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/sites/{site}/curtailments".format(
            site=quote(str(site), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CurtailmentPage | ProblemDetails | None:
    if response.status_code == 201:
        response_201 = CurtailmentPage.from_dict(response.json())

        return response_201

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
) -> Response[CurtailmentPage | ProblemDetails]:
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
    body: CurtailmentRequest,
) -> Response[CurtailmentPage | ProblemDetails]:
    """Add Curtailment

     Ask for at most so much import until a time; return all that is asked for.

    Args:
        site (str):
        body (CurtailmentRequest): An event: at most so much import from one time to another.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CurtailmentPage | ProblemDetails]
    """

    kwargs = _get_kwargs(
        site=site,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    body: CurtailmentRequest,
) -> CurtailmentPage | ProblemDetails | None:
    """Add Curtailment

     Ask for at most so much import until a time; return all that is asked for.

    Args:
        site (str):
        body (CurtailmentRequest): An event: at most so much import from one time to another.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CurtailmentPage | ProblemDetails
    """

    return sync_detailed(
        site=site,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    body: CurtailmentRequest,
) -> Response[CurtailmentPage | ProblemDetails]:
    """Add Curtailment

     Ask for at most so much import until a time; return all that is asked for.

    Args:
        site (str):
        body (CurtailmentRequest): An event: at most so much import from one time to another.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CurtailmentPage | ProblemDetails]
    """

    kwargs = _get_kwargs(
        site=site,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    body: CurtailmentRequest,
) -> CurtailmentPage | ProblemDetails | None:
    """Add Curtailment

     Ask for at most so much import until a time; return all that is asked for.

    Args:
        site (str):
        body (CurtailmentRequest): An event: at most so much import from one time to another.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CurtailmentPage | ProblemDetails
    """

    return (
        await asyncio_detailed(
            site=site,
            client=client,
            body=body,
        )
    ).parsed
