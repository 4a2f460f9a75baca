"""What people at a site need when something is wrong: where the main switch is, what to do, whom to call."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to call."""

    name: str
    phone: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Help:
    """Words of the people who know the place; they are shown, never acted on."""

    main_switch: str = ""
    recovery: tuple[str, ...] = ()
    """Steps to take before anything is started again, in this order."""
    contacts: tuple[Contact, ...] = ()
