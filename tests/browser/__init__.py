"""The page in a real browser, against real servers: what people do on it, and what it looks like meanwhile."""
