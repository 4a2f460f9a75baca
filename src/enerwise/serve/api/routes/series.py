"""Measured series: raw, on a grid, or reduced for a screen; and readings from outside."""

from collections import OrderedDict
from typing import Annotated, Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from enerwise.core.quantity import QUANTITIES
from enerwise.core.series import Key
from enerwise.core.time import Instant, TimeGrid, elapsed_s
from enerwise.serve.api.access import Action, At, at_site
from enerwise.serve.api.answers import PROBLEMS, Seen, answered
from enerwise.serve.api.desk_answers import taken
from enerwise.serve.api.problems import Fault, ProblemDetails, Trouble
from enerwise.serve.api.reduced import reduced
from enerwise.serve.api.shapes.series import ChannelPage, ReadingsRequest, SeriesShape, TakenShape
from enerwise.serve.api.spans import moment
from enerwise.serve.api.wire import to_json
from enerwise.store.store import Store

router = APIRouter(tags=["metering"])
CELLS_MOST: Final = 500_000
KEYS_MOST: Final = 20
CACHE: Final = 64
SETTLED: Final = np.timedelta64(3600, "s")
"""Answers about spans that ended so long ago are kept for a moment: many look at the same day."""
HOLDS_S: Final = 60.0
DAY: Final = np.timedelta64(1, "D")
Keys = Annotated[list[str], Query(alias="key", min_length=1, max_length=KEYS_MOST, examples=[["grid.power_w"]])]
Time = Annotated[str | None, Query(max_length=40)]


@router.get("/sites/{site}/channels", response_class=Response, responses={200: {"model": ChannelPage}, **PROBLEMS})
def list_channels(request: Request, at: Seen) -> Response:
    """Return the channels that hold readings."""
    channels = at.desk.store.keys()
    return answered(request, to_json({"items": [str(each) for each in channels], "next": None}))


@router.get("/sites/{site}/series", response_class=Response, responses={200: {"model": SeriesShape}, **PROBLEMS})
def read_series(
    request: Request,
    at: Seen,
    key: Keys,
    start: Annotated[str | None, Query(alias="from", max_length=40, description="Else a day before `to`.")] = None,
    end: Annotated[str | None, Query(alias="to", max_length=40, description="Else now; excluded.")] = None,
    step_s: Annotated[int | None, Query(ge=1, le=86_400, description="Means of steps; else raw readings.")] = None,
    points: Annotated[int | None, Query(ge=10, le=10_000, description="Reduce to smallest and largest.")] = None,
    as_of: Annotated[str | None, Query(max_length=40, description="As it was known then.")] = None,
) -> Response:
    """Return channels of a site in columns."""
    now = at.face.clock.now()
    until = moment("to", end) or now
    since = moment("from", start) or until - DAY
    keys = [_key(each) for each in key]
    _check_span(since, until, step_s, len(keys))
    mark = (tuple(key), since, until, step_s, points, as_of)
    known = _CACHES.setdefault(at.desk.store, OrderedDict())
    body, made_s = known.get(mark, (b"", -HOLDS_S))
    if elapsed_s() - made_s >= HOLDS_S:
        body = to_json(_columns(at, keys, since, until, step_s, points, moment("as_of", as_of)))
        if until + SETTLED < now:
            known[mark] = body, elapsed_s()
            while len(known) > CACHE:
                known.popitem(last=False)
    return answered(request, body)


@router.post(
    "/sites/{site}/readings",
    status_code=202,
    responses={**PROBLEMS, 413: {"model": ProblemDetails}},
)
async def add_readings(at: Annotated[At, at_site(Action.INGEST)], asked: ReadingsRequest) -> TakenShape:
    """Take readings of channels that no device of the site measures; what is refused is told one by one."""
    answer = taken(await at.desk.site_line.ask({"do": "ingest", **asked.model_dump()}))
    return TakenShape(accepted=answer["accepted"], refused=answer["refused"])


_CACHES: Final[WeakKeyDictionary[Store, OrderedDict[Any, tuple[bytes, float]]]] = WeakKeyDictionary()


def _columns(
    at: At,
    keys: list[Key],
    since: Instant,
    until: Instant,
    step_s: int | None,
    points: int | None,
    as_of: Instant | None,
) -> dict[str, Any]:
    if step_s is not None and points is None:
        grid = TimeGrid.between(since, until, step_s)
        frame = at.desk.store.read_frame(keys, grid, as_of=as_of)
        return {
            "step_s": step_s,
            "start_utc": frame.start_utc,
            "columns": {str(key): frame.value[:, place] for place, key in enumerate(keys)},
            "quality": {str(key): frame.quality[:, place] for place, key in enumerate(keys)},
        }
    told: dict[str, Any] = {"step_s": None, "start_utc": [], "columns": {}, "quality": {}, "times": {}}
    for key in keys:
        times, values, quality = _one(at, key, since, until, step_s, as_of)
        if points is not None:
            times, values = reduced(times, values, bins=max(1, points // 2))
            quality = np.zeros(0, dtype=np.uint8)
        told["times"][str(key)], told["columns"][str(key)] = times, values
        told["quality"][str(key)] = quality
    return told


def _one(
    at: At, key: Key, since: Instant, until: Instant, step_s: int | None, as_of: Instant | None
) -> tuple[Any, Any, Any]:
    if step_s is None:
        series = at.desk.store.read(key, since, until, as_of=as_of)
        return series.start_utc, series.value, series.quality
    frame = at.desk.store.read_frame([key], TimeGrid.between(since, until, step_s), as_of=as_of)
    return frame.start_utc, frame.value[:, 0], frame.quality[:, 0]


def _key(text: str) -> Key:
    asset, _, quantity = text.rpartition(".")
    if not asset or quantity not in QUANTITIES:
        raise _wrong("key", f"{text[:80]!r} is no channel", "write asset and quantity, such as grid.power_w")
    return Key(asset, quantity)


def _check_span(since: Instant, until: Instant, step_s: int | None, key_count: int) -> None:
    if not since < until:
        raise _wrong("from", f"{since} is not before {until}", "write the earlier moment as 'from'")
    seconds = float((until - since) / np.timedelta64(1, "s"))
    cells = seconds / (step_s or 60) * key_count
    if cells > CELLS_MOST * (1 if step_s else 4):
        remedy = f"ask for a shorter span, fewer channels or longer steps; at most {CELLS_MOST} values"
        raise _wrong("step_s", f"{cells:.0f} values are too many", remedy)


def _wrong(place: str, message: str, remedy: str) -> Trouble:
    fault = Fault(place=place, message=message, remedy=remedy)
    return Trouble(422, "wrong-request", f"{place}: {message}; {remedy}", faults=[fault])
