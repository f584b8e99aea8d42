"""Popularity: everybody gets what was clicked most. The simplest thing that can be handed in."""

import numpy as np


def fit(log):
    global chart
    chart = log.clicks["item"].value_counts().index.to_numpy()


def policy(request):
    may_show = chart[np.isin(chart, request.eligible)]
    return may_show[:request.slate_size]
