"""Numbers, agents and licences over HTTP."""
