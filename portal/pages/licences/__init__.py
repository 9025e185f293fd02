"""Pages about licences, the numbers that use them, and their agents."""
