"""Calls of Temporal about travel eSIMs."""
