"""What operators see of running processes without asking them: logs, metrics, traces, health.

Nothing here changes what an order does, and nothing here says a phone number, a name, an address or a code.
"""
