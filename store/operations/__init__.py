"""Tables and queries of held work, retries, metrics and checks."""
