"""Models and rules of orders of every kind."""
