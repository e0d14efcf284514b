"""Engines: a loaded base that streams tokens, scores text and swaps adapters.

`remote` runs one in a process of its own, `llama` in this process, `scripted` in memory for tests.
"""
