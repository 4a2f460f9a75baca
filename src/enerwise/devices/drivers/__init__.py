"""Drivers: the few products that need code, and whatever the door does not own."""
