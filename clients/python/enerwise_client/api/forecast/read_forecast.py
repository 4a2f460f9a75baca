from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.forecast_shape import ForecastShape
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    site: str,
    *,
    key: list[str] | None | Unset = UNSET,
    model: None | str | Unset = UNSET,
    issued_before: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_key: list[str] | None | Unset
    if isinstance(key, Unset):
        json_key = UNSET
    elif isinstance(key, list):
        json_key = key

    else:
        json_key = key
    params["key"] = json_key

    json_model: None | str | Unset
    if isinstance(model, Unset):
        json_model = UNSET
    else:
        json_model = model
    params["model"] = json_model

    json_issued_before: None | str | Unset
    if isinstance(issued_before, Unset):
        json_issued_before = UNSET
    else:
        json_issued_before = issued_before
    params["issued_before"] = json_issued_before

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/sites/{site}/forecast".format(
            site=quote(str(site), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ForecastShape | ProblemDetails | None:
    if response.status_code == 200:
        response_200 = ForecastShape.from_dict(response.json())

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
) -> Response[ForecastShape | ProblemDetails]:
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
    key: list[str] | None | Unset = UNSET,
    model: None | str | Unset = UNSET,
    issued_before: None | str | Unset = UNSET,
) -> Response[ForecastShape | ProblemDetails]:
    """Read Forecast

     Return the newest forecast, or the newest before a time.

    Args:
        site (str):
        key (list[str] | None | Unset): Channels such as home.power_w; else all.
        model (None | str | Unset): Only channels foreseen by this model.
        issued_before (None | str | Unset): The newest issue before this time, to compare with.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ForecastShape | ProblemDetails]
    """

    kwargs = _get_kwargs(
        site=site,
        key=key,
        model=model,
        issued_before=issued_before,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    key: list[str] | None | Unset = UNSET,
    model: None | str | Unset = UNSET,
    issued_before: None | str | Unset = UNSET,
) -> ForecastShape | ProblemDetails | None:
    """Read Forecast

     Return the newest forecast, or the newest before a time.

    Args:
        site (str):
        key (list[str] | None | Unset): Channels such as home.power_w; else all.
        model (None | str | Unset): Only channels foreseen by this model.
        issued_before (None | str | Unset): The newest issue before this time, to compare with.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ForecastShape | ProblemDetails
    """

    return sync_detailed(
        site=site,
        client=client,
        key=key,
        model=model,
        issued_before=issued_before,
    ).parsed


async def asyncio_detailed(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    key: list[str] | None | Unset = UNSET,
    model: None | str | Unset = UNSET,
    issued_before: None | str | Unset = UNSET,
) -> Response[ForecastShape | ProblemDetails]:
    """Read Forecast

     Return the newest forecast, or the newest before a time.

    Args:
        site (str):
        key (list[str] | None | Unset): Channels such as home.power_w; else all.
        model (None | str | Unset): Only channels foreseen by this model.
        issued_before (None | str | Unset): The newest issue before this time, to compare with.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ForecastShape | ProblemDetails]
    """

    kwargs = _get_kwargs(
        site=site,
        key=key,
        model=model,
        issued_before=issued_before,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    key: list[str] | None | Unset = UNSET,
    model: None | str | Unset = UNSET,
    issued_before: None | str | Unset = UNSET,
) -> ForecastShape | ProblemDetails | None:
    """Read Forecast

     Return the newest forecast, or the newest before a time.

    Args:
        site (str):
        key (list[str] | None | Unset): Channels such as home.power_w; else all.
        model (None | str | Unset): Only channels foreseen by this model.
        issued_before (None | str | Unset): The newest issue before this time, to compare with.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ForecastShape | ProblemDetails
    """

    return (
        await asyncio_detailed(
            site=site,
            client=client,
            key=key,
            model=model,
            issued_before=issued_before,
        )
    ).parsed
