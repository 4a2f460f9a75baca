"""Identification on the clock: a site learns what its devices are like, beside its turns, as it learns to forecast.

The job is that of the trainings (`enerwise.run.training`); what is due are devices, and what competes are parameters.
"""

from typing import ClassVar, Final

from enerwise.core.time import Instant
from enerwise.run.identifying import is_due
from enerwise.run.models import pairs
from enerwise.run.training import Training

IDENTIFYING: Final = "identifying"


class Identification(Training):
    """The identifications of one site."""

    name: ClassVar[str] = IDENTIFYING
    subject: ClassVar[str] = IDENTIFYING

    def _is_wanted(self, now: Instant) -> bool:
        every_days = self.site.models.every_days
        return every_days is not None and any(is_due(self.folder, *each, now, every_days) for each in pairs(self.site))
