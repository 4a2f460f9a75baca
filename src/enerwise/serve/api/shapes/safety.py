"""Safety: limits in force, watchdogs, stops, what happens when contact is lost, and the way back."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from enerwise.serve.api.shapes.sites import ContactShape

Text = dict[str, str]


class LimitShape(BaseModel):
    """A limit that the guard keeps."""

    name: str
    subject: str
    value: float
    unit: str
    source: str
    who: str = ""
    until: str | None = None


class WatchdogShape(BaseModel):
    """Something that brings a machine to rest when nobody speaks to it."""

    id: str
    kind: Literal["door", "device", "gateway"]
    timeout_s: float | None
    holds: bool | None
    last_test_at: str | None = None


class StopShape(BaseModel):
    """One stop, as the chain tells of it."""

    at: str
    cause: str
    who: str
    is_test: bool
    acked_ms: dict[str, float]
    missing: list[str]
    rest_s: float | None


class TripShape(BaseModel):
    """What has tripped and waits for a person."""

    subject: str
    cause: str
    active: bool
    since: str


class ContactLostShape(BaseModel):
    """What a device does by itself when it hears nothing."""

    device: str
    assets: list[str]
    text: Text


class CheckShape(BaseModel):
    """One line of the list before a restart."""

    id: str
    text: Text
    ok: bool | None
    detail: str


class PlaceShape(BaseModel):
    """A device and where it is switched off by hand."""

    id: str
    name: str
    place: str


class SafetyShape(BaseModel):
    """Everything about safety at a site."""

    state: str
    why: str
    limits: list[LimitShape]
    watchdogs: list[WatchdogShape]
    claims_fast_stop: bool
    remarks: list[str]
    stops: list[StopShape]
    trips: list[TripShape]
    contact_lost: list[ContactLostShape]
    checklist: list[CheckShape]
    recovery: list[str]
    contacts: list[ContactShape]
    main_switch: str
    devices: list[PlaceShape]


class StopRequest(BaseModel):
    """A stop by software; people use the button."""

    cause: str = Field(default="", max_length=200)


class ResetRequest(BaseModel):
    """A reset: whoever does it says the cause that he or she has looked at."""

    cause: str = Field(max_length=1000, description="Exactly as the state tells it.")
    subject: str | None = Field(default=None, max_length=80, description="One tripped asset; else the whole site.")


class DoneShape(BaseModel):
    """What the door answered."""

    state: str
    acked_ms: dict[str, float] = {}
    missing: list[str] = []
    rest_s: float | None = None
    refusals: list[str] = []
    facts: dict[str, Any] = {}
