"""The PostgreSQL inventory. Each function runs in its caller's transaction; rows never leave the package."""
