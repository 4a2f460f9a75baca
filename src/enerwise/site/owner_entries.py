"""What the owner of a site says beside what stands there: how it is run, how it learns, its carbon, whom to call."""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from enerwise.site.carbon import Carbon
from enerwise.site.entry import Entry
from enerwise.site.help import Contact, Help
from enerwise.site.learning import Futures, Learning, Modelling
from enerwise.site.site import Control
from enerwise.site.values import (
    Branches,
    CarbonFactor,
    Mode,
    PartOfDay,
    Power,
    Ratio,
    RatioAboveZero,
    Rhythm,
    Span,
    Text,
    Wrong,
    YesNo,
)

_CONTROL: Final = Control()


class ControlEntry(Entry):
    """``control``: how the owner wants it run."""

    mode: Mode = _CONTROL.mode
    step: PartOfDay = _CONTROL.step_s
    horizon: Span = _CONTROL.horizon_s
    peak_target: Annotated[Power | None, Field(examples=["4 kW"])] = None
    zero_export: YesNo = False

    @model_validator(mode="after")
    def _horizon_holds_a_step(self) -> Self:
        if self.horizon < self.step:
            raise Wrong("has a horizon shorter than its step", "write a longer horizon, such as '36 h'")
        return self

    def control(self) -> Control:
        """Hand over the control."""
        return Control(self.mode, self.step, self.horizon, self.peak_target, self.zero_export)


class LearningEntry(Entry):
    """``forecast``: how often the site learns anew to forecast itself."""

    retrain: Rhythm = Learning().retrain

    def learning(self) -> Learning:
        """Hand over the wish."""
        return Learning(self.retrain)


class ModellingEntry(Entry):
    """``models``: how often devices are identified anew from what is measured of them."""

    identify: Rhythm = Modelling().identify

    def modelling(self) -> Modelling:
        """Hand over the wish."""
        return Modelling(self.identify)


class FuturesEntry(Entry):
    """``planning``: the futures that plans weigh, and how much the worst of them count."""

    after: Annotated[list[Span], Field(default_factory=list, examples=["[3 h, 12 h]"])]
    branches: Annotated[list[Branches], Field(default_factory=list, examples=["[3, 3]"])]
    risk: Ratio = Futures().risk_ratio
    worst: RatioAboveZero = Futures().worst_ratio

    @model_validator(mode="after")
    def _is_a_tree(self) -> Self:
        try:
            self.futures()
        except ValueError as error:
            raise Wrong(
                str(error).removeprefix("planning: "), "write such as 'after: [3 h, 12 h], branches: [3, 3]'"
            ) from None
        return self

    def futures(self) -> Futures:
        """Hand over the wish."""
        return Futures(tuple(self.after), tuple(self.branches), self.risk, self.worst)


class CarbonEntry(Entry):
    """``carbon``: what a kWh from the grid emits, and who says so."""

    grid: CarbonFactor
    source: Annotated[Text, Field(examples=["UBA 2024"])]

    def carbon(self) -> Carbon:
        """Hand over the factor."""
        return Carbon(self.grid, self.source)


class ContactEntry(Entry):
    """Somebody to call."""

    name: Annotated[Text, Field(examples=["Elektro Meier"])]
    phone: Annotated[Text, Field(examples=['"+49 30 1234567"'])]
    role: Annotated[Text, Field(examples=["installer"])] = ""

    def contact(self) -> Contact:
        """Hand over the contact."""
        return Contact(self.name, self.phone, self.role)


class SafetyEntry(Entry):
    """``safety``: what people need to know when something is wrong."""

    main_switch: Annotated[Text, Field(examples=['"in the cellar, left of the door"'])] = ""
    recovery: Annotated[list[Text], Field(default_factory=list, examples=['["Look for smoke and smell."]'])]
    contacts: Annotated[list[ContactEntry], Field(default_factory=list)]

    def help(self) -> Help:
        """Hand over the words."""
        return Help(self.main_switch, tuple(self.recovery), tuple(each.contact() for each in self.contacts))
