"""What takes an uploaded file apart. It runs only in a child process: see `qr.process` and `child`."""
