"""The wholesale side."""
