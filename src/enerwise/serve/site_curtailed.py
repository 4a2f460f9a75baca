"""What others ask of a running site's import, read with suspicion like everything that is asked of a site.

`{"do": "curtail", "limit_w": 13500, "since": "...Z", "until": "...Z", "who": "network operator", "id": "event-7"}`, and
`{"do": "uncurtail", "id": "event-7"}` takes it back.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from enerwise.agents.curtailment import Curtailment
from enerwise.core.time import Instant
from enerwise.serve.site_asked import Refusal, end_of, start_of, text_of

MOST_W: Final = 1e9
"""No site draws more: a larger number is a wrong unit."""


def curtailment_of(asked: Mapping[str, Any], now: Instant, count: int) -> Curtailment:
    """Return what is asked for as a curtailment.

    Raises:
        Refusal: A limit or an end is missing or none, or it lies too far away.
    """
    limit_w = asked.get("limit_w")
    if isinstance(limit_w, bool) or not isinstance(limit_w, int | float) or not 0 <= limit_w <= MOST_W:
        told = f"{str(limit_w)[:80]!r} is no limit"
        raise Refusal("no-limit", "limit_w", told, "write the most import in watts, 0 or above")
    return Curtailment(
        id=text_of(asked, "id") or f"curtailment-{now.astype(np.int64)}-{count}",
        limit_w=float(limit_w),
        since=start_of(asked, now),
        until=end_of(asked, now),
        who=text_of(asked, "who") or "somebody",
        reason=text_of(asked, "reason"),
    )


def curtailment_row(each: Curtailment, now: Instant) -> dict[str, Any]:
    """Return a curtailment as what JSON holds, with how far it is: ``waiting``, ``acting`` or ``over``."""
    return {
        "id": each.id,
        "limit_w": each.limit_w,
        "from": f"{each.since.astype('datetime64[ms]')}Z",
        "until": f"{each.until.astype('datetime64[ms]')}Z",
        "who": each.who,
        "reason": each.reason,
        "state": "waiting" if now < each.since else "acting" if now < each.until else "over",
    }
