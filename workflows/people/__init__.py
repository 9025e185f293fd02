"""The workflow that sends users the e-mails of signing in."""
