"""The kernel: one turn, jobs on the same clock, and the worlds they run in."""
