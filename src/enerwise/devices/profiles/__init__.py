"""Profiles as data, a TOML file each: the kinds of devices Enerwise speaks with.

>>> "eastron_sdm630" in profile_names()
True
"""

from importlib.resources import files
from pathlib import Path

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.devices.profile import Profile
from enerwise.devices.profile_read import parse_profile

SUFFIX = ".toml"


def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles that come with Enerwise."""
    names = (each.name for each in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX)))


def load_profile(name_or_path: str) -> Profile:
    """Return a profile by its name, or from a file of one's own.

    Args:
        name_or_path: A name from `profile_names`, or a path that ends in ``.toml``.

    Raises:
        ProblemsFound: There is none, or something is wrong with it.
    """
    return parse_profile(_text(name_or_path), source=name_or_path)


def _text(name_or_path: str) -> str:
    if not name_or_path.endswith(SUFFIX):
        if name_or_path not in profile_names():
            remedy = f"take one of {', '.join(profile_names())}, or give the path of a {SUFFIX} file"
            raise ProblemsFound(name_or_path, [Problem("profile", "is not known", remedy)])
        return files(__name__).joinpath(name_or_path + SUFFIX).read_text(encoding="utf-8")
    try:
        return Path(name_or_path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise ProblemsFound(name_or_path, [Problem("file", f"cannot be read: {trouble}")]) from None
