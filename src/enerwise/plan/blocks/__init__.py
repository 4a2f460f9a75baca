"""What an asset can do, one linear block per kind: ``add(model, problem, asset) -> Block``."""
