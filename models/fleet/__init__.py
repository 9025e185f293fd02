"""Models and rules of lines, devices and SIMs."""
