"""The steps of travel eSIMs: the life of the plans of a line, notices, sweeps."""
