"""The workflows of licences: changes of a number, and requests for licences."""
