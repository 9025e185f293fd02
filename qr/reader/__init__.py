"""Decoders of uploaded files. They run only in a confined child process: see `qr.process` and `child`."""
