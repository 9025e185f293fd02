"""Held work, jobs and the audit over HTTP."""
