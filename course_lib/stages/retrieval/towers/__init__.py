"""The two-tower model: `model.TwoTower` joins network, batches, training, the choice of settings, what comes later."""
