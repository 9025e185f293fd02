"""Texts about numbers and licences."""
