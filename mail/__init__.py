"""SMTP transport: compose messages and send them to the mail server.

This package records nothing: its caller records each attempt before and after it.
"""
