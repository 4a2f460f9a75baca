"""What a plan costs, one file per term: ``add(model, problem, parts)``."""
