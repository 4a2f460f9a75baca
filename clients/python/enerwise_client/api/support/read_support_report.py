from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...models.read_support_report_form import (
    ReadSupportReportForm,
)
from ...models.support_report import SupportReport
from ...types import UNSET, Response, Unset


def _get_kwargs(
    site: str,
    *,
    form: ReadSupportReportForm | Unset = "json",
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_form: str | Unset = UNSET
    if not isinstance(form, Unset):
        json_form = form

    params["form"] = json_form

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/sites/{site}/support-report".format(
            site=quote(str(site), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | SupportReport | None:
    if response.status_code == 200:
        response_200 = SupportReport.from_dict(response.json())

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
) -> Response[ProblemDetails | SupportReport]:
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
    form: ReadSupportReportForm | Unset = "json",
) -> Response[ProblemDetails | SupportReport]:
    """Read Support Report

     Return a report for those who help, without names, places, addresses, numbers and secrets.

    Args:
        site (str):
        form (ReadSupportReportForm | Unset): `text` is for people to read before they send it.
            Default: 'json'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | SupportReport]
    """

    kwargs = _get_kwargs(
        site=site,
        form=form,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    form: ReadSupportReportForm | Unset = "json",
) -> ProblemDetails | SupportReport | None:
    """Read Support Report

     Return a report for those who help, without names, places, addresses, numbers and secrets.

    Args:
        site (str):
        form (ReadSupportReportForm | Unset): `text` is for people to read before they send it.
            Default: 'json'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | SupportReport
    """

    return sync_detailed(
        site=site,
        client=client,
        form=form,
    ).parsed


async def asyncio_detailed(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    form: ReadSupportReportForm | Unset = "json",
) -> Response[ProblemDetails | SupportReport]:
    """Read Support Report

     Return a report for those who help, without names, places, addresses, numbers and secrets.

    Args:
        site (str):
        form (ReadSupportReportForm | Unset): `text` is for people to read before they send it.
            Default: 'json'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | SupportReport]
    """

    kwargs = _get_kwargs(
        site=site,
        form=form,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    form: ReadSupportReportForm | Unset = "json",
) -> ProblemDetails | SupportReport | None:
    """Read Support Report

     Return a report for those who help, without names, places, addresses, numbers and secrets.

    Args:
        site (str):
        form (ReadSupportReportForm | Unset): `text` is for people to read before they send it.
            Default: 'json'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | SupportReport
    """

    return (
        await asyncio_detailed(
            site=site,
            client=client,
            form=form,
        )
    ).parsed
