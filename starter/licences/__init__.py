"""Desks of licences, the numbers that use them, and the agents."""
