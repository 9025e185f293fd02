"""Activation codes drawn as QR codes, and uploaded files taken apart safely."""
