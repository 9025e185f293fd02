"""Desks of lines, devices and SIMs."""
