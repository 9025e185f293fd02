"""One machine instead of a cluster: PostgreSQL, Temporal dev server, mailbox, supervisor, demonstrations."""
