"""Domain models and business rules: pure, without I/O, clock, environment or randomness."""
