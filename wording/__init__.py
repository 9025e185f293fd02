"""What people read in their language: e-mails, pages, refusals, labels; also dates, numbers and plurals."""
