"""What things are and which rules hold: no clock, no environment, no randomness, no I/O."""
