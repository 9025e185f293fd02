"""Reads files of others in child processes that the kernel confines."""
