"""The PostgreSQL inventory. One function is one step inside a caller's transaction; rows never leave."""
