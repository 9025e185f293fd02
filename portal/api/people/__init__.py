"""People and API keys over HTTP."""
