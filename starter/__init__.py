"""Start and steer orders, requests and imports: one desk per subject for Python callers, and the CLI."""
