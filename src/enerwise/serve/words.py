"""Words: codes and numbers become sentences, in the language of whoever reads.

Sentences stand whole in ``catalogue/<language>.yaml``; none is built from pieces. A number is written by the unit that
its name ends in, as a size, because the words give its direction. What a sentence asks for and nobody knows is "–".
"""

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from enerwise.core.units import show_energy, show_money, show_power, show_price, show_ratio

LANGUAGES: Final = ("en", "de")
UNKNOWN: Final = "–"
LEASE: Final = "lease_"
ID: Final = re.compile(r"([a-z]+)-[a-z2-7]{16}")
Fact = float | str | None


def sentence(key: str, facts: Mapping[str, Fact] | None = None, language: str = "en") -> str:
    """Return a sentence of the catalogue with its numbers.

    Raises:
        KeyError: The catalogue has no such key.

    >>> sentence("reason.need", {"need_w": 1350.0}, "de")
    'Das Haus brauchte 1,35 kW mehr, als die Sonne gab, und der Speicher deckte davon, was er konnte.'
    """
    told = {name: shown(name, value, language) for name, value in (facts or {}).items()}
    return catalogue(language)[key].format_map(_Told(told))


def reason(code: str, facts: Mapping[str, Fact], language: str = "en", *, agent: str = "") -> str:
    """Return the sentence of a reason code; a code of a foreign agent is quoted as it is."""
    if code == "plan" and facts.get("law") == "follow" and facts.get("grid_target_w"):
        return sentence("law.kept", facts, language)
    if code == "plan" and f"law.{facts.get('law')}" in catalogue(language):
        return sentence(f"law.{facts['law']}", facts, language)
    if f"reason.{code}" in catalogue(language):
        named = {**facts, "wanted": mode(str(facts.get("wanted", "")), language)}
        named["who"] = person(str(facts.get("who") or UNKNOWN), language)
        given = [sentence("lease.reason", named, language)] if code.startswith(LEASE) and facts.get("why") else []
        halted = [sentence("market.halted", facts, language)] if facts.get("halted") else []
        return " ".join([sentence(f"reason.{code}", named, language), *given, *halted])
    return sentence("reason.other", {"agent": agent or UNKNOWN, "code": code}, language)


def upper_first(text: str) -> str:
    """Return a sentence that begins with a name of ours as a sentence begins."""
    return text[:1].upper() + text[1:]


def person(who: str, language: str = "en") -> str:
    """Return whom people know by that name; records hold ids, which only the accounts can read.

    >>> person("Ada"), person("key-abcdefgh234567ab", "de")
    ('Ada', 'Ein Programm')
    """
    kind = ID.fullmatch(who)
    return who if kind is None else catalogue(language)["who.key" if kind[1] == "key" else "who.person"]


def mode(name: str, language: str = "en") -> str:
    """Return what people call a mode."""
    return catalogue(language).get(f"mode.{name}", name)


def slug(text: str) -> str:
    """Return the key of a rule or check: "data too old" is ``data_too_old``."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def shown(name: str, value: Fact, language: str = "en") -> str:
    """Write a fact by the unit its name ends in.

    >>> shown("planned_w", -1350.0), shown("dual_eur_per_kwh", 0.256, "de"), shown("saved_eur", 0.024)
    ('1.35 kW', '25,6 ct/kWh', '2.4 ct')
    """
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return value
    write = next((write for ending, write in WRITERS.items() if name.endswith(ending)), _number)
    text = write(float(value)) if math.isfinite(value) else UNKNOWN
    return text.replace(".", ",") if language == "de" else text


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> Mapping[str, str]:
    """Return all sentences of a language."""
    import yaml

    text = (files("enerwise.serve") / "catalogue" / f"{language}.yaml").read_text(encoding="utf-8")
    return MappingProxyType(yaml.safe_load(text))


class _Told(dict[str, str]):
    """Facts as text; what is not among them is unknown."""

    def __missing__(self, key: str) -> str:
        return UNKNOWN


def _number(value: float) -> str:
    return f"{value:g}"


def _small_money(amount_eur: float) -> str:
    """Write a sum without its sign, below one euro in cents."""
    size_eur = abs(amount_eur)
    return f"{size_eur * 100:.1f} ct" if size_eur < 0.995 else show_money(size_eur)


# Longer endings first: a price ends in "_eur_per_kwh", which also ends in a letter or two of others.
WRITERS: Final[Mapping[str, Callable[[float], str]]] = MappingProxyType(
    {
        "_eur_per_kwh": show_price,
        "_eur": _small_money,
        "_wh": lambda value: show_energy(abs(value)),
        "_w": lambda value: show_power(abs(value)),
        "_ratio": show_ratio,
    }
)
