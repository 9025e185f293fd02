"""Orders of signed-in people: the shop and the entry screens, lists, an order's page, and held work."""
