"""Travel eSIMs over HTTP: subscribers, plans, stock, eSIM lines, and what networks report of these."""
