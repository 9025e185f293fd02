"""Imports of files and the jobs that run them, and bulk actions, in the background."""
