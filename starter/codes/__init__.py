"""Desks of QR codes: requests, import, notifications and links."""
