"""Foreign counterparts that tests speak with on loopback: none of them shares a line with what is tested."""
