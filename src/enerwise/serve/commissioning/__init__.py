"""Commissioning: an installer walks through a checklist on the real machines, and a signed report is what remains."""
