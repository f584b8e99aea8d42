"""The ledger: what a claim is, how a verdict is computed, what the notebooks measured."""
