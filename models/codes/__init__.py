"""Models and rules of QR codes, requests for them and their links."""
