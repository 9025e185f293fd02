"""Pages of the administration of an account."""
