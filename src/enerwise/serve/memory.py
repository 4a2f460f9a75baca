"""What the box remembers of its door from life to life: what has tripped, and how the last life ended."""

from pathlib import Path
from typing import Final

from enerwise.devices.door_words import Told
from enerwise.store.keeper import Condition, keep, kept

ORDERLY: Final = "orderly"
RUNNING: Final = "running"
LATCHED: Final = "stopped: "
DOUBTFUL: Final = (Condition.OLDER, Condition.DAMAGED)
"""An older version may lack the trip that matters."""
CRASHED: Final = "the door ended without a goodbye"
POWER_CUT: Final = "the last run did not end in order: a power cut, a kill or a crash"


class Memory:
    """Two small files that survive a power cut at any moment."""

    def __init__(self, folder: Path) -> None:
        self._state_path, self._trips_path = folder / "state.kept", folder / "trips.kept"
        self.state = ""
        self.trips = ""

    def trips_blob(self) -> bytes | None:
        """Return what had tripped; where the newest version cannot be read the guard trips the whole site."""
        found = kept(self._trips_path)
        if found.condition is Condition.NOTHING:
            return None
        return b"" if found.condition in DOUBTFUL else found.content

    def why_stopped(self) -> str:
        """Return why the door must come up stopped, empty where it need not."""
        found = kept(self._state_path)
        text = found.content.decode(errors="replace")
        if found.condition in DOUBTFUL:
            return f"what was kept of the last run is {found.condition}"
        if found.condition is Condition.NOTHING or text == ORDERLY:
            return ""
        return text.removeprefix(LATCHED) if text.startswith(LATCHED) else POWER_CUT

    def begin(self) -> None:
        """Note that a life has begun: unless it ends in order, the next one comes up stopped.

        Raises:
            OSError: The disk refuses.
        """
        self._keep_state(RUNNING)

    def hear(self, told: Told) -> None:
        """Keep what has changed in what the door says.

        Raises:
            OSError: The disk refuses; it is tried again with the next word of the door.
        """
        if told.trips_blob and told.trips_blob != self.trips:
            keep(self._trips_path, told.trips_blob.encode())
            self.trips = told.trips_blob
        state = f"{LATCHED}{told.why}" if told.state in ("stopped", "error") else RUNNING
        if state != self.state:
            self._keep_state(state)

    def end(self) -> None:
        """Note an end in order; a stop stays one.

        Raises:
            OSError: The disk refuses.
        """
        if not self.state.startswith(LATCHED):
            self._keep_state(ORDERLY)

    def _keep_state(self, state: str) -> None:
        keep(self._state_path, state.encode())
        self.state = state
