"""Models and rules of order packs."""
