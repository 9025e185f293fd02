"""How an order reaches its provider: by mail to the distributor's order contact."""
