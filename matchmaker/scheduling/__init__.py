"""The scheduler: plain data in, plain data out; it knows nobody outside this folder."""
