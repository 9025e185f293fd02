"""`esim-orders travel`: what networks and phones report of eSIM lines."""
