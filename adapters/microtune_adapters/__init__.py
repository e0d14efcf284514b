"""From documents to adapters: examples, training, formats, the library, engines, evaluation."""
