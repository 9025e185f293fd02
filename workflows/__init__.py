"""How an order proceeds, durably. Deterministic: imports models only."""
