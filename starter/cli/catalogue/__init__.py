"""Commands of order packs."""
