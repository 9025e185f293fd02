"""Workflows that operators start."""
