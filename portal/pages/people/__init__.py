"""Pages about the users of an account."""
