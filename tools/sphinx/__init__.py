"""Small Sphinx extensions of the book, one duty each."""
