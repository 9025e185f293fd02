"""`esim-orders travel`: subscribers, and the plans that suit a journey."""
