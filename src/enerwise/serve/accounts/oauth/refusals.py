"""What an OAuth endpoint says when it refuses: a short word and a sentence (RFC 6749, section 5.2)."""

from typing import Final

UNPROVEN: Final = "invalid_client"


class OAuthRefusal(Exception):
    """Becomes ``{"error": ..., "error_description": ...}``."""

    def __init__(self, error: str, told: str, *, status: int | None = None) -> None:
        super().__init__(told)
        self.error, self.told = error, told
        self.status = status or (401 if error == UNPROVEN else 400)
