"""A bench for supervision: rules from a few lines of TOML or from the files we ship, and looks on a virtual clock."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from enerwise.core.series import Key
from enerwise.guard.supervise import Finding, Sample, Watched, start, step
from enerwise.site.numbered import numbered
from enerwise.site.placing import place
from enerwise.site.rules import Rules, Tier, parse_rules
from enerwise.site.site import Site
from tests.builders import a_battery, a_load, a_pv, a_site

HEAD = 'source = "test"\n'
FILES = tuple(sorted(each.name for each in (files("enerwise.site") / "data").iterdir() if each.name.endswith(".toml")))


def shipped(*names: str) -> Rules:
    """The rules of some of our files, of all of them where none is named."""
    data = files("enerwise.site") / "data"
    texts = {name: (data / name).read_text(encoding="utf-8") for name in names or FILES}
    return Rules().joined(*(parse_rules(text, source=name) for name, text in texts.items()))


def written(*entries: str) -> Rules:
    """The rules of some lines of TOML, all from one source."""
    return parse_rules(HEAD + "\n".join(entries), source="test")


def a_watch(**facts: Any) -> str:
    """A table of a watch: cell voltage above 3.65 V trips, unless said otherwise; None leaves a key out."""
    defaults = {
        "id": "high",
        "quantities": ["cell_voltage_max_v"],
        "side": "above",
        "trip": {"at": 3.65} if not facts.keys() & {"info", "warn"} else None,
    }
    return table("watch", **{**defaults, **facts})


def table(name: str, **facts: Any) -> str:
    """A table of TOML."""
    return f"[[{name}]]\n" + "\n".join(f"{key} = {toml(value)}" for key, value in facts.items() if value is not None)


def toml(value: object) -> str:
    """A value as TOML writes it."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{ " + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + " }"
        case list():
            return "[" + ", ".join(toml(each) for each in value) + "]"
        case str():
            return f'"{value}"'
        case _:
            return repr(value)


class Bench:
    """One site under supervision."""

    def __init__(self, rules: Rules, site: Site | None = None, *, t_s: float = 0.0, **facts: Any) -> None:
        site = site or a_site(a_pv(), a_battery(), a_load())
        self.rules = numbered(place(rules, site, **facts))
        self.state = start(self.rules, t_s)
        self.t_s = t_s

    def look(
        self, values: Mapping[str, float] | None = None, *, t_s: float | None = None, age_s: float = 0.0
    ) -> Watched:
        """Look once, at ``t_s`` or where the last look was: ``{"battery.soc_ratio": 0.5}``, all of one age."""
        self.t_s = self.t_s if t_s is None else t_s
        samples = {Key.parse(name): Sample(value, age_s) for name, value in (values or {}).items()}
        watched = step(self.rules, self.state, samples, self.t_s)
        self.state = watched.state
        return watched

    def run(self, values: Mapping[str, float], *, until_s: float, every_s: float = 0.1) -> Watched:
        """Look at the same values, measured afresh each time, until a moment."""
        watched = self.look(values)
        for _ in range(round((until_s - self.t_s) / every_s)):
            watched = self.look(values, t_s=self.t_s + every_s)
        return watched


def fired(watched: Watched) -> set[tuple[str, str]]:
    """Id and tier of what is active."""
    return {(each.id, each.tier.value) for each in watched.findings if each.is_active}


def the_finding(watched: Watched, id: str, tier: Tier = Tier.TRIP) -> Finding:
    """The one finding of that id and tier."""
    (found,) = (each for each in watched.findings if (each.id, each.tier) == (id, tier))
    return found
