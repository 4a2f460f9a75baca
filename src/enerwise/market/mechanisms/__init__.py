"""Ways of clearing, one file each: ``clear(book) -> Clearing``."""
