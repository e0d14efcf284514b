"""Package data: pocket, the embedded base model, its hash and its model card."""
