"""What every part of the site file is made from: a model with fixed keys."""

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo


class Entry(BaseModel):
    """A part of the file: its keys are fixed; a trailing underscore keeps Python's own words apart."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=lambda name: name.rstrip("_"))

    @classmethod
    def fields(cls) -> dict[str, FieldInfo]:
        """Return the description of each key, by the key as people write it."""
        return {name.rstrip("_"): field for name, field in cls.model_fields.items()}
