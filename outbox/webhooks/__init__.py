"""What is sent to the endpoints of accounts: addresses checked, requests signed and sent."""
