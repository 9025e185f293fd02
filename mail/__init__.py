"""Mails to people: their wording in every language, and the way to the mail server.

Nothing here records anything: the caller writes down that it is about to send, and how it went.
"""
