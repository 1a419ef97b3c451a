"""What can be done: one action, one function, one transaction. Nothing here knows of HTTP."""
