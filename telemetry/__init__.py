"""Observability of running processes: logs, metrics, traces, health checks.

Nothing here changes what an order does, and nothing here contains a phone number, name, address or code.
"""
