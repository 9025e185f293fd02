"""Draw activation codes as QR codes, and read uploaded files in a confined process."""
