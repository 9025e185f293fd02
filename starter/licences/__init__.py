"""Desks of licences: what an account buys, and which numbers and agents use it."""
