"""The tables and queries of licences, agents and their numbers."""
