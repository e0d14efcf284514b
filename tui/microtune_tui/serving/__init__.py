"""`microtune serve`: the person's voice for other programs, by OpenAI's HTTP interface."""
