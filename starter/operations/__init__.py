"""Desks of held work: retries, recovery, checks."""
