"""Which version answers."""

from fastapi import APIRouter
from pydantic import BaseModel

from enerwise import __version__

router = APIRouter(tags=["server"])


class VersionShape(BaseModel):
    """What runs here."""

    product: str = "Enerwise"
    version: str
    api: str = "v1"


@router.get("/version")
async def read_version() -> VersionShape:
    """Return the version; everybody may ask."""
    return VersionShape(version=__version__)
