"""Workflows of orders of every kind."""
