"""Texts in the reader's language: e-mails, pages, refusals, labels, dates, numbers and plurals."""
