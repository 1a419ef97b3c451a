"""What is true and allowed: the rules of the product, in the standard library alone."""
