"""Commands of QR codes, requests for them and their links."""
