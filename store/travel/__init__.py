"""The tables and queries of travel eSIMs: subscribers, plans, stock and eSIM lines."""
