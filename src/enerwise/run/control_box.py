"""A control box at the connection: while it tells a limit of the import, that is a curtailment like any.

Network operators steer large consumers through such a box (in Germany under section 14a of the energy industry act). It
tells a limit as a reading, ``grid.import_limit_w``, without saying for how long. So each limit is taken for the next
hour and renewed while it is told; a box that falls silent neither lifts a limit at once nor keeps it for ever.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

from enerwise.agents.curtailment import Curtailment
from enerwise.core.quantity import IMPORT_LIMIT_W
from enerwise.core.series import Key
from enerwise.core.time import Instant
from enerwise.run.jobs import PLANNING
from enerwise.site.site import GRID

if TYPE_CHECKING:
    from enerwise.run.world import World

BOX: Final = "control-box"
WHO: Final = "control box"
HOLDS: Final = np.timedelta64(3_600_000, "ms")
RENEWED: Final = np.timedelta64(1_800_000, "ms")
"""With less than this left it is taken for another hour."""
KEY: Final = Key(GRID, IMPORT_LIMIT_W)


def heed(world: "World", live: dict[Key, float], now: Instant) -> None:
    """Take what the box tells now as a curtailment, or lift the one before; a change is planned for at once."""
    told_w = live.get(KEY)
    if told_w is None:
        return
    held = next((each for each in world.curtailments.held if each.id == BOX), None)
    connection = world.site.connection
    if told_w >= float(connection.import_limit_w(np.array([now]), world.site.timezone)[0]):
        if held is not None:
            world.curtailments = world.curtailments.without(BOX)
            _changed(world, now)
        return
    if held is not None and held.limit_w == told_w and held.until - now > RENEWED:
        return
    is_new = held is None or held.limit_w != told_w
    since = now if held is None or is_new else held.since
    # A curtailment lasts a week at most; one that is renewed for so long begins anew.
    since = now if now + HOLDS - since > np.timedelta64(6, "D") else since
    world.curtailments = world.curtailments.with_one(Curtailment(BOX, told_w, since, now + HOLDS, WHO), now)
    _changed(world, now, plans=is_new)


def _changed(world: "World", now: Instant, *, plans: bool = True) -> None:
    world.curtailments.keep(world.store, now)
    if plans:
        world.asked_jobs.add(PLANNING)
