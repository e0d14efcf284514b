"""The parts of `scripts/pretrain_pocket.py`: corpus, formats, tokens, model, training."""
