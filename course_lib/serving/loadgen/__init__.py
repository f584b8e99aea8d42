"""Load on a service of this machine, and what it feels like to the people who send it.

To follow one load test, read in this order:

1. arrivals.py      when each request should be sent, and what it asks
2. sending.py       open loop and closed loop, without any network
3. load_client.py   the network: one address of this machine, bounded in count and in time
4. load_result.py   what came back: latency from the moment a request should have been sent, rungs, statuses
5. percentiles.py   percentiles with intervals that hold though requests wait for each other
6. load_curve.py    throughput against latency, up to the knee

Beside the way: queueing.py has the formulas that a measured queue must agree with, toy_server.py a service whose
service time is set, load_command.py the command `course load`.

Without a machine: virtual.py runs queues in virtual time, virtual_clients.py the people in front of them, who time out,
try again and hedge; virtual_experiments.py has what a lesson asks of them. virtual_clock.py lets code that was written
for asyncio run in virtual time, which is how the load generator itself is held against theory.
"""
