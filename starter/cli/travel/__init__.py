"""Commands of travel eSIMs: subscribers, plans, stock and eSIM lines."""
