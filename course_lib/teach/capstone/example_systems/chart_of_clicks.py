"""Popularity: everybody gets what was clicked most. The simplest thing that can be handed in."""


def fit(log):
    global chart
    chart = log.clicks["item"].value_counts().index.to_numpy()


def policy(request):
    may_show = set(request.eligible.tolist())
    best = [item for item in chart if item in may_show]
    return best[:request.slate_size]
