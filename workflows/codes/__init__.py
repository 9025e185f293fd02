"""The workflows of requests for QR codes and of notifications."""
