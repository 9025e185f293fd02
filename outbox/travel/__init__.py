"""The e-mails of travel eSIMs."""
