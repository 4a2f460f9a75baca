"""Ways of bidding, one file each: ``decide(state, rng) -> Decisions``, kernels over homes."""
