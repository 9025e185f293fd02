"""Desks of orders of every kind."""
