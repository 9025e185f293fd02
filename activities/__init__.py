"""The activities: each implements one step of a workflow by a transaction or a call to the outside."""
