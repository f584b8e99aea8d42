"""The recommender as a service over HTTP. To follow one request, read in this order:

1. asgi.py          the routes, and what is made at the start
2. ask_schema.py    what a request may hold; admission.py: who is let in
3. responder.py     cache, full chain, ladder, under one deadline
4. micro_batch.py   how requests share a pass; batch_run.py: the pass itself, in a thread
5. slate_cache.py, feature_store.py, second_tries.py, breaker.py   what stands between

Beside the way: release.py (what answers, and how it changes), fault_switches.py, service_metrics.py, settings.py;
service_process.py starts and ends it from a notebook, serve_command.py is `course serve`.
"""
