"""One forecaster a file; each is registered as an entry point of ``enerwise.forecasters``."""
