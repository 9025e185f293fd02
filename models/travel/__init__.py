"""Models and rules of travel eSIMs: subscribers, plans, stock, eSIM lines and the life of a plan."""
