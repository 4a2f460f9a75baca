"""What all parts of accounts stand on: database, clock, vault, audit, and the memory of who was just seen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from sqlalchemy import Connection

from enerwise.core.time import Clock
from enerwise.serve.accounts.database import Database
from enerwise.serve.accounts.known import Known
from enerwise.serve.accounts.trail import Trail
from enerwise.serve.accounts.vault import Vault

T = TypeVar("T")


@dataclass(slots=True)
class Ground:
    """Shared by all parts of accounts."""

    db: Database
    clock: Clock
    vault: Vault
    trail: Trail
    origin: str
    """Where browsers find the server, and what it calls itself as an issuer."""
    site_ids: frozenset[str]
    known: Known = field(default_factory=Known)

    @property
    def is_https(self) -> bool:
        """Whether browsers come by TLS."""
        return self.origin.startswith("https://")

    def now_s(self) -> int:
        """Return the present as whole epoch seconds."""
        return int(self.clock.now().astype("datetime64[s]").astype(np.int64))

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a transaction that changes nothing that callers depend on."""
        return await self.db.do(work)

    async def change(self, work: Callable[[Connection], T]) -> T:
        """Run a transaction, and forget what was known about callers."""
        try:
            return await self.db.do(work)
        finally:
            self.known.forget()
