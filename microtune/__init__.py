"""microtune's core: the words of the design as values, the store, curation, retrieval, the ledger.

Imports none of the other rooms and nothing heavy: it is what a resident daemon keeps loaded.
"""

__version__ = "0.1.0"
