"""`esim-orders travel`: eSIM lines and their orders."""
