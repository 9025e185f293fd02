"""The steps of licences: changes of numbers, requests for licences, QR codes for agents."""
