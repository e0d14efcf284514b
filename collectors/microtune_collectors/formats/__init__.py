"""One file for each document format that needs more than a few lines to read."""
