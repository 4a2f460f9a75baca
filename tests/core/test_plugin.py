"""Plug-ins come through entry points, and one that fails says which one it was."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest

from enerwise.core import plugin
from enerwise.core.errors import PluginError

GROUP = "enerwise.forecasters"


@pytest.fixture(autouse=True)
def points(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three plug-ins are installed: one that loads, one whose module is missing, one without the name it promises."""
    found = [
        EntryPoint("naive", "enerwise.core.units:parse", GROUP),
        EntryPoint("absent", "no_such_module_anywhere:thing", GROUP),
        EntryPoint("empty", "enerwise.core.units:no_such_name", GROUP),
    ]
    monkeypatch.setattr(plugin, "entry_points", lambda *, group: [each for each in found if each.group == group])
    plugin._points.cache_clear()
    yield
    plugin._points.cache_clear()


def test_a_plugin_loads_by_group_and_name() -> None:
    from enerwise.core.units import parse

    assert plugin.load(GROUP, "naive") is parse


def test_names_are_sorted() -> None:
    assert plugin.names(GROUP) == ("absent", "empty", "naive")
    assert plugin.names("enerwise.nothing") == ()


def test_an_unknown_plugin_is_named_among_those_installed() -> None:
    with pytest.raises(PluginError, match=r"no plug-in 'learned'; installed: absent, empty, naive"):
        plugin.load(GROUP, "learned")
    with pytest.raises(PluginError, match="installed: none"):
        plugin.load("enerwise.nothing", "learned")


@pytest.mark.parametrize("name", ["absent", "empty"])
def test_a_plugin_that_does_not_load_says_which_one(name: str) -> None:
    with pytest.raises(PluginError, match=rf"{GROUP}: plug-in '{name}' .* does not load"):
        plugin.load(GROUP, name)
