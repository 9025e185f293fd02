"""The pages behind the links in mails, and later the HTTP API, over the desks of `starter`."""
