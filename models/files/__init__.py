"""Files with a table, as people have them: how they are read, what their headings and cells mean."""
