"""Pages of travel eSIMs: subscribers, eSIM lines, the stock and the plans."""
