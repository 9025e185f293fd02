"""Desks of accounts, users, profiles, employees and contacts."""
