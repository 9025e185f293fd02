"""The steps that workflows ask for: the only code that both Temporal and the outside world touch."""
