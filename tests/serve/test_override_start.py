"""When an override begins."""

import numpy as np
import pytest

from enerwise.serve.api.shapes.live import OverrideRequest
from enerwise.serve.site_asked import Refusal, start_of

NOW = np.datetime64("2026-05-14T14:40:00", "ms")
UNTIL = "2026-05-15T01:45:00Z"


def test_an_override_begins_at_once_or_when_it_is_asked_to() -> None:
    asked = OverrideRequest.model_validate(
        {"asset": "battery", "action": "charge", "until": UNTIL, "from": "2026-05-15T00:00:00Z"}
    )
    assert start_of(asked.model_dump(), NOW) == np.datetime64("2026-05-15T00:00:00", "ms")
    assert start_of({"until": UNTIL}, NOW) == NOW


def test_a_start_that_has_passed_is_now() -> None:
    assert start_of({"until": UNTIL, "since": "2026-05-14T12:00:00Z"}, NOW) == NOW


@pytest.mark.parametrize(("since", "code"), [(UNTIL, "no-start"), ("soon", "no-time")])
def test_a_start_that_cannot_be_is_refused(since: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        start_of({"until": UNTIL, "since": since}, NOW)
    assert refused.value.answer["code"] == code
