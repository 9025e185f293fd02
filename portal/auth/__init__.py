"""Sessions in browsers, pages to sign in, protection against forms of other sites."""
