"""Commands of licences: what an account buys and pays, and which numbers and agents use it."""
