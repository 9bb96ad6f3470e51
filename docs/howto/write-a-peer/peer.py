#!/usr/bin/python3
"""A whole peer without the library: every request takes 80 ns. docs/protocol.md says the rest."""
import os, struct, sys, threading
import cosim_pb2 as pb
import zmq

LATENCY, SECOND, UNKNOWN, NONE = 80_000, 10**12, 2**64 - 1, 2**32 - 1
STORE, IN_FULL, WAITS = 1, (2, 11), (0, 2, 3, 8, 11)
NAME, context, progress = os.environ["DILATON_PEER"], zmq.Context(), 0

def dial(name):
    socket = context.socket(zmq.DEALER)
    socket.routing_id = name.encode()
    socket.connect(os.environ["DILATON_ENDPOINT"])
    return socket

def pack(form, values):
    data = struct.pack(f"<{len(values)}{form}", *values)
    return data + bytes(-len(data) % 8)

def unpack(form, payload, at, count):
    size = count * struct.calcsize("<" + form)
    return struct.unpack_from(f"<{count}{form}", payload, at), at + size + -size % 8

class Vcpu:  # docs/time.md, section 5; a request is (at, vCPU, order, issue, cycles, entry, kind)
    def __init__(self, number, v):
        self.number, self.hz, self.unit, self.hit = number, v.frequency_hz, v.units_per_cycle, v.load_hit_cycles
        self.done, self.stall, self.next, self.blocked = [0] * v.store_buffer_entries, 0, 0, 0
        self.pending, self.open, self.floor, self.order = [], [], 0, 0

    def issue(self):
        while self.pending and not self.blocked:
            position, cycles, line, bits = self.pending[0]
            kind, t, entry = bits & 15, position + self.stall, NONE
            if kind == STORE:
                entry = self.next
                if self.done[entry] == UNKNOWN:
                    return
                self.stall += max(0, self.done[entry] - t)
                t, self.done[entry], self.next = max(t, self.done[entry]), UNKNOWN, (entry + 1) % len(self.done)
            self.blocked = int(kind in WAITS)
            self.issued, self.order = self.issued + 1, self.order + 1
            at = (t + cycles * self.unit) * SECOND // (self.hz * self.unit)
            if bits & 128 and at < self.floor:  # it waits for the answer before it
                at, cycles = self.floor, cycles - (at - self.floor) * self.hz // SECOND
            request = (at, self.number, self.order, t, cycles, entry, kind)
            self.open.append(request) if bits & 128 else self.answer(request, cycles)
            del self.pending[0]

    def answer(self, request, cycles):
        t, entry, kind = request[3], request[5], request[6]
        if kind in WAITS:
            self.stall += (cycles if kind in IN_FULL else max(0, cycles - self.hit)) * self.unit
            self.blocked = 0
        elif kind == STORE:
            self.done[entry] = t + cycles * self.unit

def read(interval, payload):
    for v, given in zip(vcpus, interval.vcpus):
        v.issued = v.answered = 0
        if given.has_state:
            (v.stall, packed, *v.done), _ = unpack("Q", payload, given.state_offset, 2 + len(v.done))
            v.next = packed & NONE  # it is not blocked while nothing is open
    for block in interval.blocks:
        columns, at = [None] * 4, block.offset
        for i, form in enumerate("IIQB"):
            columns[i], at = unpack(form, payload, at, block.count)
        vcpus[block.vcpu].pending += [(block.base_units + o, c, l, k) for o, c, l, k in zip(*columns)]

def time(end_ps):
    for v in vcpus:
        v.issue()
    while window := sorted(r for v in vcpus for r in v.open if r[0] < end_ps):
        for r in window:
            if r[0] < window[0][0] + LATENCY:  # its order is final: a model goes here
                v = vcpus[r[1]]
                v.open.remove(r)
                v.answer(r, r[4] + -(-LATENCY * v.hz // SECOND))
                v.floor, v.answered = r[0] + LATENCY if r[6] in WAITS else v.floor, v.answered + 1
        for v in vcpus:
            v.issue()

def report(done, payload=b""):
    for v in vcpus:
        r = list(zip(*v.open)) or [()] * 7
        state = pack("Q", [v.stall]) + pack("I", [v.next, v.blocked]) + pack("Q", v.done)
        opened = b"".join(pack(form, r[i]) for form, i in zip("QQIIB", (3, 0, 4, 5, 6)))
        done.vcpus.add(issued=v.issued, state_offset=len(payload), open_count=len(v.open),
                       open_offset=len(payload + state), answered=v.answered,
                       latency_sum_ps=v.answered * LATENCY, latency_max_ps=min(1, v.answered) * LATENCY)
        payload += state + opened
    send(payload, interval_done=done)

def beat(socket, period):
    while not over.wait(period):
        socket.send(pb.Envelope(heartbeat=pb.Heartbeat(peer=NAME, progress=progress)).SerializeToString())

def send(payload=b"", **body):
    global progress
    progress += 1
    message = pb.Envelope(sequence=progress, **body).SerializeToString()
    worker.send_multipart([message, payload] if payload else [message])

worker, over = dial(NAME), threading.Event()
monitor = worker.get_monitor_socket(zmq.EVENT_DISCONNECTED)
send(hello=pb.Hello(version=1, peer=NAME, software="peer.py", ticks_per_second=SECOND,
                    issue_sets=["inorder"], features=["branches"], min_latency_ps=LATENCY, process_id=os.getpid()))
while not over.is_set():
    if worker not in zmq.select([worker, monitor], [], [])[0]:
        sys.exit("peer.py: the worker is gone")
    message, payload = pb.Envelope(), worker.recv_multipart()
    message.ParseFromString(payload.pop(0))
    if message.HasField("welcome"):
        vcpus = [Vcpu(i, v) for i, v in enumerate(message.welcome.vcpus)]
        beats = dial(NAME + ".heartbeat"), message.welcome.heartbeat_ms / 2000 or 60
        threading.Thread(target=beat, args=beats, daemon=True).start()
    elif message.HasField("interval"):
        read(message.interval, b"".join(payload))
        time(message.interval.end_ps)
        report(pb.IntervalDone(number=message.interval.number, reached_ps=message.interval.end_ps))
    elif message.HasField("statistics"):
        send(statistics_done=pb.StatisticsDone())
    else:
        over.set()
send(bye=pb.Bye())
