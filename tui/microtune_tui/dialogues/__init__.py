"""What lies over a room until it is answered: one file for each."""
