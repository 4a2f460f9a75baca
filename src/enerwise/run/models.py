"""The devices of a site as plans take them: what the site file declares, with what was identified and serves.

Only plans see it. The guard, the modes and the door keep to the site file, whatever data say. A model whose site file
has changed since, or that cannot be read, does not serve; the reason goes beside the plan.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from enerwise.core.errors import EnerwiseError
from enerwise.core.plugin import load, names
from enerwise.site.assets import Asset
from enerwise.site.site import Site

if TYPE_CHECKING:
    from enerwise.physics.identify.identifier import Identifier
    from enerwise.store.device_registry import DeviceRegistry

FOLDER: Final = "models"
"""Of the registry, beside what else a running site keeps."""
GROUP: Final = "enerwise.identifiers"


@dataclass(frozen=True, slots=True)
class Serving:
    """Which model a device is planned with."""

    series: str
    model: str
    parameters: Mapping[str, float]
    """Empty where it is what the site file declares."""
    because: str = ""
    """Why what was identified does not serve, where something was."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A site for plans, and what it was made of."""

    site: Site
    serving: tuple[Serving, ...] = ()

    def told(self) -> dict[str, Any]:
        """Return what a plan tells of its models; nothing where all are as declared."""
        return {
            each.series: {"model": each.model, **each.parameters, **({"because": each.because} if each.because else {})}
            for each in self.serving
            if each.parameters or each.because
        }


@dataclass(slots=True)
class Models:
    """Looks into the registry of a site."""

    folder: Path
    _made: Planned | None = None
    _stamp: tuple[object, ...] = field(default_factory=tuple)

    def planned(self, site: Site) -> Planned:
        """Return the site as plans shall take it; looked up anew where a champion has changed."""
        stamp = (id(site), *(self._champion(each) for each in pairs(site)))
        if self._made is None or stamp != self._stamp:
            self._made, self._stamp = served(site, self.folder), stamp
        return self._made

    def _champion(self, pair: "tuple[Asset, Identifier]") -> str | None:
        try:
            return registry_of(self.folder, *pair).champion()
        except EnerwiseError as error:
            return str(error)


def identifiers(asset: Asset) -> "tuple[Identifier, ...]":
    """Return all ways to identify an asset, in the order in which they are applied."""
    made = [load(GROUP, name)() for name in names(GROUP)]
    return tuple(sorted((each for each in made if isinstance(asset, each.kind)), key=lambda each: each.order))


def pairs(site: Site) -> "Iterator[tuple[Asset, Identifier]]":
    """Yield every asset with every way to identify it."""
    for asset in site.assets:
        for identifier in identifiers(asset):
            yield asset, identifier


def series_of(asset: Asset, identifier: "Identifier") -> str:
    """Return the name under which models of an asset are kept."""
    return f"{asset.id}.{identifier.name}"


def registry_of(folder: Path, asset: Asset, identifier: "Identifier") -> "DeviceRegistry":
    """Return the registry of one device and one way."""
    from enerwise.store.device_registry import DeviceRegistry

    return DeviceRegistry(folder, series_of(asset, identifier))


def served(site: Site, folder: Path) -> Planned:
    """Return a site with what serves in a registry."""
    assets: list[Asset] = []
    serving: list[Serving] = []
    for declared in site.assets:
        asset = declared
        for identifier in identifiers(declared):
            asset, found = applied(asset, identifier, folder)
            serving.append(found)
        assets.append(asset)
    return Planned(replace(site, assets=tuple(assets)), tuple(serving))


def applied(asset: Any, identifier: "Identifier", folder: Path) -> tuple[Any, Serving]:
    """Return an asset with what one way has identified of it, if that serves."""
    series = series_of(asset, identifier)
    try:
        registry = registry_of(folder, asset, identifier)
        name = registry.champion()
        if name is None:
            return asset, Serving(series, "declared", {})
        parameters = registry.load(name)
        if parameters and dict(registry.entry(name).manifest["facts"]) != dict(identifier.facts(asset)):
            return asset, Serving(series, "declared", {}, f"the site file has changed since {name} was identified")
        made = identifier.applied(asset, parameters) if parameters else asset
        return made, Serving(series, name, parameters)
    except (EnerwiseError, OSError, KeyError, ValueError, TypeError) as error:
        # A plan never fails for want of a model: what is declared serves.
        return asset, Serving(series, "declared", {}, f"what was identified does not serve: {error}")
