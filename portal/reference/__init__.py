"""The pages about the HTTP API: the reference of its operations, and a page for each kind of problem."""
