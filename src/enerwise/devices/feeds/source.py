"""What makes a feed of a server: where to ask, what the answer means, and which channels it becomes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from enerwise.core.errors import Problem
from enerwise.core.quantity import PRICE_EXPORT_EUR_PER_KWH, PRICE_IMPORT_EUR_PER_KWH
from enerwise.core.time import Instant
from enerwise.devices.transport import web_problem
from enerwise.protocols.steps import PRICE, Steps
from enerwise.site.wiring import Device

Roles = Mapping[str, Mapping[str, str]]
"""Role -> what the answer calls a column -> quantity of the channel."""

PRICE_ROLES: Final[Roles] = {
    "import": {PRICE: PRICE_IMPORT_EUR_PER_KWH},
    "export": {PRICE: PRICE_EXPORT_EUR_PER_KWH},
}
"""The price of the market; what a supplier adds to it is the tariff's business."""


@dataclass(frozen=True, slots=True)
class Source:
    """One server."""

    roles: Roles
    address: Callable[[Instant], str]
    """Where to ask at an instant; raises ValueError where a token is missing."""
    parse: Callable[[bytes], Mapping[str, Steps]]
    """Reads an answer; raises ValueError, whose text says what is wrong with it."""
    is_read: bool
    """Whether the value in force now is a reading of the site. The market's price is none: what energy costs here is
    known only with what the tariff adds, and that is stored under the same name."""


def option_problems(
    device: Device, roles: Roles, *, needed: Sequence[str], known: Sequence[str] = ()
) -> Iterator[Problem]:
    """Yield what is wrong with the address, roles and names of options of a feed."""
    if problem := web_problem(device.address):
        yield Problem(f"{device.id}.address", problem, "write https://...")
    elif "?" in device.address:
        yield Problem(f"{device.id}.address", "holds a question mark", "leave out what follows; options say it")
    for role in device.serves:
        if role not in roles:
            remedy = f"write one of {', '.join(roles)}"
            yield Problem(f"{device.id}.serves.{role}", f"{role!r} is nothing that this feed tells", remedy)
    for name in needed:
        if not device.options.get(name):
            yield Problem(f"{device.id}.options.{name}", "is missing", "add it")
    for name in device.options:
        if name not in (*needed, *known):
            remedy = f"write one of {', '.join((*needed, *known)) or 'none'}"
            yield Problem(f"{device.id}.options.{name}", "is not known", remedy)
