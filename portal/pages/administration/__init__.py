"""Pages about an account and what is done with it: keys, webhooks, catalogue, audit, e-mails."""
