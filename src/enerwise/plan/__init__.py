"""What is intended: a `Problem` becomes a `Plan` by blocks (what assets can do) and terms (what it costs)."""
