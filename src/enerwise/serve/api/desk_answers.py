"""What the site process and the door answer, as problem details where they refuse."""

from collections.abc import Mapping
from typing import Any, Final

from enerwise.serve.api.problems import Fault, Trouble

MISSING: Final = frozenset({"no-such-lease", "no-such-curtailment"})
CONFLICTS: Final = frozenset({"too-many"})


def taken(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an answer that says yes.

    Raises:
        Trouble: It says no: 404 what is not there, 409 what does not fit now, 422 what cannot be understood.
    """
    if answer.get("ok"):
        return answer
    code = str(answer.get("code") or "refused")
    status = 404 if code in MISSING else 409 if code in CONFLICTS or "code" not in answer else 422
    why = str(answer.get("why") or "the site refused")
    fault = Fault(place=str(answer.get("place") or "request"), message=why, remedy=str(answer.get("remedy") or ""))
    raise Trouble(status, code, f"{fault.place}: {why}. {fault.remedy}".strip(), faults=[fault])
