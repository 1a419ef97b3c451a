"""The benchmark: ours and the others on the same instances with the same time, every schedule checked independently."""
