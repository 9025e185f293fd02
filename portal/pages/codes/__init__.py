"""The QR codes of eSIMs: the section of a SIM, requests, imports, notifications."""
