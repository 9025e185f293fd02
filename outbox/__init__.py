"""Every e-mail: recorded, composed and sent, with its links.

A new e-mail is a class with the facts that its text needs, its text in every language (`wording`), and an
entry in the dictionary that says when it is sent, such as `outbox.swaps.TO_PEOPLE`.
"""
