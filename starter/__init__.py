"""Starting and steering orders: `OrderDesk` and `Inventory` for Python callers, and the command line."""
