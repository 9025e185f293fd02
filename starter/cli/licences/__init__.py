"""Commands of licences, numbers and agents."""
