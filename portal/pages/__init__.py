"""The pages of people who are signed in: a folder for each subject."""
