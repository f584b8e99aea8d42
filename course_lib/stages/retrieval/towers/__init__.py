"""The two-tower model: its network, batches, training, recency inputs, storage; `model.TwoTower` joins them."""
