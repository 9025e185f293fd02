"""Commands to operate the system: retries, checks, keys, database, sandbox."""
