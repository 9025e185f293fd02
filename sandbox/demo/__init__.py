"""`make demo`: orders on a throw-away sandbox, every outcome checked in the database and in Temporal."""
