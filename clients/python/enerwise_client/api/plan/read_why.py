from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...models.why_shape import WhyShape
from ...types import UNSET, Response, Unset


def _get_kwargs(
    site: str,
    *,
    plan: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_plan: None | str | Unset
    if isinstance(plan, Unset):
        json_plan = UNSET
    else:
        json_plan = plan
    params["plan"] = json_plan

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/sites/{site}/plan/why".format(
            site=quote(str(site), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | WhyShape | None:
    if response.status_code == 200:
        response_200 = WhyShape.from_dict(response.json())

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
) -> Response[ProblemDetails | WhyShape]:
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
    plan: None | str | Unset = UNSET,
) -> Response[ProblemDetails | WhyShape]:
    """Read Why

     Return why a plan is what it is: limits and next best times of its blocks, what changed since the
    plan before.

    Reckoned when it is first asked for, with the solver: it may take a second or two.

    Args:
        site (str):
        plan (None | str | Unset): Id of a plan; the newest where none is named.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | WhyShape]
    """

    kwargs = _get_kwargs(
        site=site,
        plan=plan,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    plan: None | str | Unset = UNSET,
) -> ProblemDetails | WhyShape | None:
    """Read Why

     Return why a plan is what it is: limits and next best times of its blocks, what changed since the
    plan before.

    Reckoned when it is first asked for, with the solver: it may take a second or two.

    Args:
        site (str):
        plan (None | str | Unset): Id of a plan; the newest where none is named.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | WhyShape
    """

    return sync_detailed(
        site=site,
        client=client,
        plan=plan,
    ).parsed


async def asyncio_detailed(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    plan: None | str | Unset = UNSET,
) -> Response[ProblemDetails | WhyShape]:
    """Read Why

     Return why a plan is what it is: limits and next best times of its blocks, what changed since the
    plan before.

    Reckoned when it is first asked for, with the solver: it may take a second or two.

    Args:
        site (str):
        plan (None | str | Unset): Id of a plan; the newest where none is named.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | WhyShape]
    """

    kwargs = _get_kwargs(
        site=site,
        plan=plan,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    plan: None | str | Unset = UNSET,
) -> ProblemDetails | WhyShape | None:
    """Read Why

     Return why a plan is what it is: limits and next best times of its blocks, what changed since the
    plan before.

    Reckoned when it is first asked for, with the solver: it may take a second or two.

    Args:
        site (str):
        plan (None | str | Unset): Id of a plan; the newest where none is named.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | WhyShape
    """

    return (
        await asyncio_detailed(
            site=site,
            client=client,
            plan=plan,
        )
    ).parsed
