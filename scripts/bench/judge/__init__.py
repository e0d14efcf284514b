"""The parts of `scripts/bench/pocket.py`: each measures one thing of a base, or of its drafts."""
