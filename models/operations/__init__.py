"""Models and rules of held work, retries, metrics and checks."""
