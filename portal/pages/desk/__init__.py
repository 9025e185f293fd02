"""The provider desk: the queue of orders, and files of steps."""
