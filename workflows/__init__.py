"""Temporal workflows: how orders, requests and notifications proceed. Deterministic: imports models only."""
