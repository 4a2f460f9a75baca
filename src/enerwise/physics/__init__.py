"""How nature behaves: twins as pure steps over a leading axis of homes, and seeded weather and households."""
