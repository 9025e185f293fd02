"""Models and rules of licences: add-ons, their prices, billing periods and charges."""
