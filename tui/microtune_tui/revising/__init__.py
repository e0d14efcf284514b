"""Two versions of a text, compared word by word. Knows nothing of models or screens."""
