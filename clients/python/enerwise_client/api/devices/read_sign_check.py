from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...models.sign_shape import SignShape
from ...types import Response


def _get_kwargs(
    site: str,
    job: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/sites/{site}/devices/check-sign/{job}".format(
            site=quote(str(site), safe=""),
            job=quote(str(job), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | SignShape | None:
    if response.status_code == 200:
        response_200 = SignShape.from_dict(response.json())

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
) -> Response[ProblemDetails | SignShape]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    site: str,
    job: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[ProblemDetails | SignShape]:
    """Read Sign Check

     Return what the meter shows, and what that says of its sign.

    Args:
        site (str):
        job (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | SignShape]
    """

    kwargs = _get_kwargs(
        site=site,
        job=job,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    site: str,
    job: str,
    *,
    client: AuthenticatedClient | Client,
) -> ProblemDetails | SignShape | None:
    """Read Sign Check

     Return what the meter shows, and what that says of its sign.

    Args:
        site (str):
        job (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | SignShape
    """

    return sync_detailed(
        site=site,
        job=job,
        client=client,
    ).parsed


async def asyncio_detailed(
    site: str,
    job: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[ProblemDetails | SignShape]:
    """Read Sign Check

     Return what the meter shows, and what that says of its sign.

    Args:
        site (str):
        job (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | SignShape]
    """

    kwargs = _get_kwargs(
        site=site,
        job=job,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    site: str,
    job: str,
    *,
    client: AuthenticatedClient | Client,
) -> ProblemDetails | SignShape | None:
    """Read Sign Check

     Return what the meter shows, and what that says of its sign.

    Args:
        site (str):
        job (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | SignShape
    """

    return (
        await asyncio_detailed(
            site=site,
            job=job,
            client=client,
        )
    ).parsed
