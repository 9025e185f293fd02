"""Tables and queries of accounts, users, profiles, employees and contacts."""
