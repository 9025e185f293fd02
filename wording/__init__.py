"""What people read in their language: refusals, warnings, hold reasons, labels of statuses and actions."""
