"""One file for each group of commands. None imports torch, llama_cpp or textual at its top."""
