"""The pages behind mailed links: upload a QR code, download one."""
