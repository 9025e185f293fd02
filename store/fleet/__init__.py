"""Tables and queries of lines, devices and SIMs."""
