"""Desks of travel eSIMs."""
