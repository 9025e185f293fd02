"""`python -m starter.cli` is `esim-orders`."""

from starter.cli import main

main()
