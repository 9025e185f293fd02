"""Commands of lines, devices and SIMs."""
