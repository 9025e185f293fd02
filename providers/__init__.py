"""How an order reaches its provider: by e-mail to the distributor's order contacts."""
