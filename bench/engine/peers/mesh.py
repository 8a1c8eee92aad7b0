"""The models in SimPy, as its manual would have one write them: a process for every request and every try.

For SimPy 2 (module SimPy, Debian's python3-simpy). Reads a run as JSON, writes an answer as JSON.
"""

import json
import math
import random
import sys
import time
from collections import Counter

from SimPy.Simulation import (
    Process, Resource, SimEvent, Simulation, hold, release, request, waitevent,
)

OK, FAILED, LATE = 0, 1, 2


def exponential(mean):
    return random.expovariate(1.0) * mean


class Run:
    """One simulation: its clock, its counters, its window."""

    def __init__(self, run):
        self.sim = Simulation()
        self.sim.initialize()
        self.model = run["model"]
        self.start, self.end = run["from"], run["to"]
        self.visits = self.retries = self.timeouts = 0
        self.arrived = self.requests = self.inside = 0
        self.sum = 0.0
        self.histogram = Counter()

    def record(self, latency, key):
        self.histogram[key, int(math.log2(latency + 1) * 64)] += 1

    def enter(self, arrival):
        self.arrived += 1
        is_measured = self.start <= arrival < self.end
        self.inside += is_measured
        return is_measured

    def leave(self, arrival):
        sojourn = self.sim.now() - arrival
        self.requests += 1
        self.sum += sojourn
        self.record(sojourn, "request")
        self.inside -= 1
        self.stop_if_done()

    def stop_if_done(self):
        if self.sim.now() >= self.end and self.inside == 0:
            self.sim.stopSimulation()


class Visitor(Process):
    """A process that visits stations."""

    def __init__(self, run):
        Process.__init__(self, sim=run.sim)
        self.run_ = run

    def visit(self, station, mean):
        self.run_.visits += 1
        yield request, self, station
        yield hold, self, exponential(mean)
        yield release, self, station


class Arrivals(Process):
    def __init__(self, run, make):
        Process.__init__(self, sim=run.sim)
        self.run_, self.make = run, make

    def work(self):
        mean = 1e9 / self.run_.model["rate"]
        while True:
            visitor = self.make()
            self.sim.activate(visitor, visitor.work())
            yield hold, self, exponential(mean)
            self.run_.stop_if_done()


# ---- The FIFO network.


class FifoRequest(Visitor):
    def __init__(self, run, stations):
        Visitor.__init__(self, run)
        self.stations = stations

    def work(self):
        run = self.run_
        arrival = run.sim.now()
        is_measured = run.enter(arrival)
        for s in run.model["route"]:
            yield from self.visit(self.stations[s], run.model["stations"][s]["mean"])
        if is_measured:
            run.leave(arrival)


def start_fifo(run):
    stations = [Resource(capacity=s["servers"], sim=run.sim) for s in run.model["stations"]]
    return lambda: FifoRequest(run, stations)


# ---- The full mesh.


class Pod:
    def __init__(self, run, service):
        self.workers = [Resource(capacity=1, sim=run.sim) for _ in range(service["workers"])]
        self.cores = Resource(capacity=service["cores"], sim=run.sim)
        self.threads = Resource(capacity=service["threads"], sim=run.sim)
        self.line_max = service["lineMax"]
        self.outbound = {}


class Outbound:
    """What the proxy of a pod knows of the calls that it sends: circuit breaker and load balancer."""

    def __init__(self, callee_pods):
        self.under_way = self.retrying = 0
        self.at_pod = [0] * callee_pods

    def pick(self):
        count = len(self.at_pod)
        first = random.randrange(count)
        if count == 1:
            return first
        second = random.randrange(count - 1)
        if second >= first:
            second += 1
        return second if self.at_pod[second] < self.at_pod[first] else first


class Deadline(Process):
    def work(self, length, over):
        yield hold, self, length
        over.signal(LATE)


class Delivery(Visitor):
    """One try: there and back."""

    def __init__(self, run, caller, callee, call, connection, over):
        Visitor.__init__(self, run)
        self.caller, self.callee, self.call = caller, callee, call
        self.connection, self.over = connection, over

    def cross(self, pod, lane):
        worker = pod.workers[mix(self.connection, self.call["lane"] + lane) % len(pod.workers)]
        yield from self.visit(worker, self.call["crossing"])

    def travel(self):
        if self.run_.model["wire"] > 0:
            yield hold, self, exponential(self.run_.model["wire"])

    def work(self):
        yield from self.cross(self.caller, 0)
        yield from self.travel()
        yield from self.cross(self.callee, 1)
        threads = self.callee.threads
        if threads.n == 0 and len(threads.waitQ) >= self.callee.line_max:
            outcome = FAILED
        else:
            yield request, self, threads
            outcome = yield from self.apply()
            yield release, self, threads
        yield from self.cross(self.callee, 1)
        yield from self.travel()
        yield from self.cross(self.caller, 0)
        self.over.signal(outcome)

    def apply(self):
        call, cores = self.call, self.callee.cores
        yield from self.visit(cores, call["before"])
        if random.random() < call["errorShare"]:
            return FAILED
        outcome = OK
        if call["calls"]:
            nested = [Sending(self.run_, self.callee, c, self.connection) for c in call["calls"]]
            for sending in nested:
                self.sim.activate(sending, sending.work())
            for sending in nested:
                if sending.outcome is None:
                    yield waitevent, self, sending.over
                outcome = max(outcome, sending.outcome)
        if call["after"] > 0:
            yield from self.visit(cores, call["after"])
        return outcome


class Sending(Process):
    """A call: its tries, until one is good or no more are allowed."""

    def __init__(self, run, caller, call, connection):
        Process.__init__(self, sim=run.sim)
        self.run_, self.caller, self.call, self.connection = run, caller, call, connection
        self.over = SimEvent(sim=run.sim)
        self.outcome = None

    def work(self):
        run, call, model = self.run_, self.call, self.run_.model
        began = self.sim.now()
        outbound = self.caller.outbound[call["lane"]]
        budget = model["budget"]
        outbound.under_way += 1
        retry = 0
        while True:
            outcome = yield from self.attempt(outbound)
            if retry > 0:
                outbound.retrying -= 1
            most = max(budget["minimum"], int(budget["share"] * outbound.under_way))
            if outcome == OK or retry >= model["retries"] or outbound.retrying >= most:
                break
            run.retries += 1
            outbound.retrying += 1
            backoff = min(model["backoffBase"] * 2**retry, model["backoffMax"])
            retry += 1
            yield hold, self, random.random() * backoff
        outbound.under_way -= 1
        run.record(self.sim.now() - began, call["lane"])
        self.outcome = outcome
        self.over.signal()

    def attempt(self, outbound):
        to = outbound.pick()
        outbound.at_pod[to] += 1
        over = SimEvent(sim=self.sim)
        deadline = Deadline(sim=self.sim)
        self.sim.activate(deadline, deadline.work(self.call["deadline"], over))
        callee = self.run_.pods[self.call["callee"]][to]
        delivery = Delivery(self.run_, self.caller, callee, self.call, self.connection, over)
        self.sim.activate(delivery, delivery.work())
        yield waitevent, self, over
        if over.signalparam == LATE:
            self.run_.timeouts += 1
        else:
            self.cancel(deadline)
        outbound.at_pod[to] -= 1
        return over.signalparam


class MeshRequest(Sending):
    def __init__(self, run):
        connection = random.randrange(run.model["connections"])
        Sending.__init__(self, run, run.pods[0][0], run.model["root"], connection)

    def work(self):
        arrival = self.sim.now()
        is_measured = self.run_.enter(arrival)
        yield from Sending.work(self)
        if is_measured:
            self.run_.leave(arrival)


def start_mesh(run):
    run.pods = [[Pod(run, s) for _ in range(s["pods"])] for s in run.model["services"]]
    lanes = iter(range(0, 1000, 2))

    def describe(call, caller):
        call["lane"] = next(lanes)
        for pod in run.pods[caller]:
            pod.outbound[call["lane"]] = Outbound(len(run.pods[call["callee"]]))
        for nested in call["calls"]:
            describe(nested, call["callee"])

    describe(run.model["root"], 0)
    return lambda: MeshRequest(run)


def mix(a, b):
    h = (a ^ (b * 0x9E3779B1)) & 0xFFFFFFFF
    h = ((h ^ (h >> 16)) * 0x21F0AAAD) & 0xFFFFFFFF
    h = ((h ^ (h >> 15)) * 0x735A2D97) & 0xFFFFFFFF
    return h ^ (h >> 15)


def main():
    data = json.load(sys.stdin)
    random.seed(data["seed"])
    run = Run(data)
    make = (start_fifo if run.model["kind"] == "fifo" else start_mesh)(run)
    arrivals = Arrivals(run, make)
    before = time.process_time()
    run.sim.activate(arrivals, arrivals.work())
    run.sim.simulate(until=data["to"] * 10)
    cpu = time.process_time() - before
    answer = {
        "visits": run.visits, "cpuSeconds": cpu, "requests": run.requests,
        "mean": run.sum / run.requests,
        "retries": run.retries / run.arrived,
        "timeouts": run.timeouts / run.arrived,
    }
    print(json.dumps(answer))


main()
