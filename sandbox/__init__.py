"""What one machine needs instead of a cluster: PostgreSQL, Temporal dev server, mailbox, supervisor."""
