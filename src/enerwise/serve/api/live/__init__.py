"""Live data: one look at each site for everybody, told as a snapshot and numbered changes."""
