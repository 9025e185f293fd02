"""Lines, devices and SIMs over HTTP."""
