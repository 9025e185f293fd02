"""`esim-orders travel`: the whole stock of eSIMs: import, list, thresholds."""
