"""What is told of a backup that will be restored."""

from pydantic import BaseModel


class RestoreShape(BaseModel):
    """A backup that was verified and waits for the next start."""

    state: str
    """``staged`` or ``none``."""
    site: str = ""
    made_at: str = ""
    version: str = ""
    files: list[str] = []
    with_accounts: bool = False
    detail: str = ""
