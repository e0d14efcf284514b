"""The parts of the assistant's screen, one file each. None knows the store or the engine."""
