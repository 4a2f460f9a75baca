"""Waits for those who guess: after a few failures each further one costs more time, by account and by address.

Nobody is locked out by others. An account waits as seen from one address; only an attack from many addresses makes it
wait as a whole, briefly, and not for an address from which its owner has signed in before.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from enerwise.core.time import Clock
from enerwise.serve.api.problems import Trouble

FREE_COUNT: Final = 5
"""Failures of an account from one address before it waits."""
ADDRESS_FREE_COUNT: Final = 20
"""Failures of an address with any accounts."""
ACCOUNT_FREE_COUNT: Final = 50
"""Failures of an account from all addresses it does not know."""
WAIT_S: Final = 900.0
ACCOUNT_WAIT_S: Final = 30.0
FORGET_S: Final = 3600.0
LIMIT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Failures:
    """How often, and when last. [s of the clock]"""

    count: int
    last_s: float


class Throttle:
    """Remembers failures, a bounded number of them."""

    def __init__(self, clock: Clock, note: Callable[..., None] | None = None) -> None:
        """Begin with nothing; ``note(address=...)`` is told of every try that is refused."""
        self._clock, self._note = clock, note
        self._failures: OrderedDict[Hashable, Failures] = OrderedDict()
        self._trusted: OrderedDict[tuple[str, str], None] = OrderedDict()

    def check(self, account: str, address: str) -> None:
        """Refuse a try that comes too soon.

        Raises:
            Trouble: 429, with the seconds to wait.
        """
        wait_s = max(self._wait_s(*each) for each in self._places(account, address))
        if wait_s > 0:
            if self._note is not None:
                self._note(address=address)
            told = f"too many failed tries; wait {math.ceil(wait_s)} s. Nobody else has to wait for that"
            raise Trouble(429, "too-many-tries", told, headers={"Retry-After": str(math.ceil(wait_s))})

    def failed(self, account: str, address: str) -> None:
        """Note a failure."""
        now_s = self._now_s()
        for place, _, _ in self._places(account, address):
            before = self._failures.pop(place, None)
            is_fresh = before is not None and now_s - before.last_s < FORGET_S
            self._failures[place] = Failures(before.count + 1 if before and is_fresh else 1, now_s)
        while len(self._failures) > LIMIT:
            self._failures.popitem(last=False)

    def undone(self, account: str, address: str) -> None:
        """Take a failure back that was noted before the outcome was known."""
        for place, _, _ in self._places(account, address):
            if before := self._failures.get(place):
                self._failures[place] = Failures(before.count - 1, before.last_s)

    def passed(self, account: str, address: str) -> None:
        """Note a success, after a failure noted in advance: the account is known at this address from now on."""
        self.undone(account, address)
        self._failures.pop((account, address), None)
        self._trusted[account, address] = None
        self._trusted.move_to_end((account, address))
        while len(self._trusted) > LIMIT:
            self._trusted.popitem(last=False)

    def _places(self, account: str, address: str) -> list[tuple[Hashable, int, float]]:
        places: list[tuple[Hashable, int, float]] = [
            ((account, address), FREE_COUNT, WAIT_S),
            (("address", address), ADDRESS_FREE_COUNT, WAIT_S),
        ]
        if (account, address) not in self._trusted:
            places.append((("account", account), ACCOUNT_FREE_COUNT, ACCOUNT_WAIT_S))
        return places

    def _wait_s(self, place: Hashable, free_count: int, limit_s: float) -> float:
        found = self._failures.get(place)
        if found is None or found.count < free_count:
            return 0.0
        wait_s = min(limit_s, 2.0 ** min(found.count - free_count, 30))
        return found.last_s + wait_s - self._now_s()

    def _now_s(self) -> float:
        return float(self._clock.now().astype("datetime64[ms]").astype("int64")) / 1000.0
