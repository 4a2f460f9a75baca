from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...models.series_shape import SeriesShape
from ...types import UNSET, Response, Unset


def _get_kwargs(
    site: str,
    *,
    key: list[str],
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    step_s: int | None | Unset = UNSET,
    points: int | None | Unset = UNSET,
    as_of: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_key = key

    params["key"] = json_key

    json_from_: None | str | Unset
    if isinstance(from_, Unset):
        json_from_ = UNSET
    else:
        json_from_ = from_
    params["from"] = json_from_

    json_to: None | str | Unset
    if isinstance(to, Unset):
        json_to = UNSET
    else:
        json_to = to
    params["to"] = json_to

    json_step_s: int | None | Unset
    if isinstance(step_s, Unset):
        json_step_s = UNSET
    else:
        json_step_s = step_s
    params["step_s"] = json_step_s

    json_points: int | None | Unset
    if isinstance(points, Unset):
        json_points = UNSET
    else:
        json_points = points
    params["points"] = json_points

    json_as_of: None | str | Unset
    if isinstance(as_of, Unset):
        json_as_of = UNSET
    else:
        json_as_of = as_of
    params["as_of"] = json_as_of

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/sites/{site}/series".format(
            site=quote(str(site), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | SeriesShape | None:
    if response.status_code == 200:
        response_200 = SeriesShape.from_dict(response.json())

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
) -> Response[ProblemDetails | SeriesShape]:
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
    key: list[str],
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    step_s: int | None | Unset = UNSET,
    points: int | None | Unset = UNSET,
    as_of: None | str | Unset = UNSET,
) -> Response[ProblemDetails | SeriesShape]:
    """Read Series

     Return channels of a site in columns; as CSV for ``Accept: text/csv``.

    Args:
        site (str):
        key (list[str]):
        from_ (None | str | Unset): Else a day before `to`.
        to (None | str | Unset): Else now; excluded.
        step_s (int | None | Unset): Means of steps; else raw readings.
        points (int | None | Unset): Reduce to smallest and largest.
        as_of (None | str | Unset): As it was known then.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | SeriesShape]
    """

    kwargs = _get_kwargs(
        site=site,
        key=key,
        from_=from_,
        to=to,
        step_s=step_s,
        points=points,
        as_of=as_of,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    key: list[str],
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    step_s: int | None | Unset = UNSET,
    points: int | None | Unset = UNSET,
    as_of: None | str | Unset = UNSET,
) -> ProblemDetails | SeriesShape | None:
    """Read Series

     Return channels of a site in columns; as CSV for ``Accept: text/csv``.

    Args:
        site (str):
        key (list[str]):
        from_ (None | str | Unset): Else a day before `to`.
        to (None | str | Unset): Else now; excluded.
        step_s (int | None | Unset): Means of steps; else raw readings.
        points (int | None | Unset): Reduce to smallest and largest.
        as_of (None | str | Unset): As it was known then.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | SeriesShape
    """

    return sync_detailed(
        site=site,
        client=client,
        key=key,
        from_=from_,
        to=to,
        step_s=step_s,
        points=points,
        as_of=as_of,
    ).parsed


async def asyncio_detailed(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    key: list[str],
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    step_s: int | None | Unset = UNSET,
    points: int | None | Unset = UNSET,
    as_of: None | str | Unset = UNSET,
) -> Response[ProblemDetails | SeriesShape]:
    """Read Series

     Return channels of a site in columns; as CSV for ``Accept: text/csv``.

    Args:
        site (str):
        key (list[str]):
        from_ (None | str | Unset): Else a day before `to`.
        to (None | str | Unset): Else now; excluded.
        step_s (int | None | Unset): Means of steps; else raw readings.
        points (int | None | Unset): Reduce to smallest and largest.
        as_of (None | str | Unset): As it was known then.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | SeriesShape]
    """

    kwargs = _get_kwargs(
        site=site,
        key=key,
        from_=from_,
        to=to,
        step_s=step_s,
        points=points,
        as_of=as_of,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    site: str,
    *,
    client: AuthenticatedClient | Client,
    key: list[str],
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    step_s: int | None | Unset = UNSET,
    points: int | None | Unset = UNSET,
    as_of: None | str | Unset = UNSET,
) -> ProblemDetails | SeriesShape | None:
    """Read Series

     Return channels of a site in columns; as CSV for ``Accept: text/csv``.

    Args:
        site (str):
        key (list[str]):
        from_ (None | str | Unset): Else a day before `to`.
        to (None | str | Unset): Else now; excluded.
        step_s (int | None | Unset): Means of steps; else raw readings.
        points (int | None | Unset): Reduce to smallest and largest.
        as_of (None | str | Unset): As it was known then.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | SeriesShape
    """

    return (
        await asyncio_detailed(
            site=site,
            client=client,
            key=key,
            from_=from_,
            to=to,
            step_s=step_s,
            points=points,
            as_of=as_of,
        )
    ).parsed
