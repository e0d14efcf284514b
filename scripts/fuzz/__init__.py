"""Fuzzing of the readers of mail, documents and exports: what must hold for any bytes at all."""
