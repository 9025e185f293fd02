"""Tables and queries of orders of every kind."""
