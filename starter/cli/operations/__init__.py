"""Commands of held work, retries, metrics and checks."""
