"""`esim-orders travel`: travel plans and the rates that choose their profiles."""
