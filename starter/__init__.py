"""Starting and steering orders: a desk of each subject for Python callers, and the command line."""
