"""QR codes over HTTP: requests, import, show, notifications and links."""
