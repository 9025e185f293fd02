"""The inventory: its grid, the detail of a device, edits, search and bulk actions."""
