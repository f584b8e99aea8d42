"""Serving: a request comes in, a slate goes out, in time, whatever breaks.

To follow one request, read in this order:

1. recommender.py   the whole way, from top to bottom: check, four stages, deadline, fallbacks, response
2. pipeline.py      the four stages: retrieve, filter, rank, re-rank
3. checks.py        what a request, and each stage's answer, is held against
4. deadline.py      the time a request has
5. ladder.py        what answers where the stages cannot
6. trace.py         what is written down about a request, and which stage lost an item

Beside the way: assemble.py builds whole recommenders from data, first_system.py the one of lesson 00; load.py has
latency under open-loop load; rows.py a few operations on slates as arrays; raw_ids.py leads from a table's own ids to
dense ones and back.

The funnel for any table: funnel.py is what is called, funnel_training.py how it learns, fitted_funnel.py what it
answers from, funnel_stages.py its parts as stages, funnel_recommender.py the whole around it, funnel_storage.py its
file.

Two rooms: service/ answers requests over HTTP in time, loadgen/ sends them and measures what people wait.
"""
