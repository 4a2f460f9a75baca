"""Sentences in every language at once, and times as the site reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from enerwise.core.time import Instant, show_local
from enerwise.serve.words import LANGUAGES, Fact, sentence


@dataclass(frozen=True, slots=True)
class Phrase:
    """A code with its numbers, and its sentence in every language."""

    code: str
    text: Mapping[str, str]
    facts: Mapping[str, float | str] = field(default_factory=dict)


def phrase(group: str, code: str, facts: Mapping[str, Fact] | None = None) -> Phrase:
    """Return the phrase ``group.code`` of the catalogue."""
    known = {name: value for name, value in (facts or {}).items() if value is not None}
    return Phrase(code, both(f"{group}.{code}", known), known)


def both(key: str, facts: Mapping[str, Fact] | None = None) -> dict[str, str]:
    """Return a sentence in every language."""
    return {language: sentence(key, facts, language) for language in LANGUAGES}


def clock(at: Instant, zone: str) -> str:
    """Return the time of day at the site: ``14:05``."""
    return show_local(at, zone)[11:]


def shown_name(asset: str) -> str:
    """Return an asset's id as people read it.

    >>> shown_name("battery-1")
    'Battery 1'
    """
    return asset.replace("-", " ").replace("_", " ").capitalize()
