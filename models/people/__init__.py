"""Models and rules of accounts, users, profiles, employees and contacts."""
