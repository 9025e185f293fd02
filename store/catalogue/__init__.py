"""Tables and queries of order packs."""
