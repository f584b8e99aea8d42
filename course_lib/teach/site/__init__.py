"""The executed lessons, the ledger and the exercises as a site of plain files that is read without a network."""
