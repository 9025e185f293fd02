"""The e-mails of licences: orders about numbers, changes of numbers, requests for licences."""
