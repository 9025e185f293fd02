"""The way to the mail server, over SMTP.

Nothing here records anything: the caller writes down that it is about to send, and how it went.
"""
