"""Commands of orders of every kind."""
