"""Policies: what they say, of whom, and who it is that asks."""
