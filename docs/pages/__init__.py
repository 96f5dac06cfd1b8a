"""Make the reference pages: one module a page, text in both languages."""
