"""Accounts: people, roles, sessions, keys and tokens; secrets at rest; who did and who read what."""
