"""The version of this package: that of the API that it was made from."""

__version__ = "0.1.0"
