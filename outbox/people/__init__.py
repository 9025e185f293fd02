"""The e-mails to users about signing in."""
