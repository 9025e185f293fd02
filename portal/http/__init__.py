"""What every page and endpoint has in common: middleware, forms, limits, problem details."""
