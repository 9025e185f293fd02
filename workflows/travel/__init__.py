"""The workflows of travel eSIMs: the life of a line, notices and sweeps."""
