# A configuration as it is made for Ariel: two cores that trace a program, with an L1 each, and an L2 for both. Neither Ariel
# nor Pin is needed to put Dilaton's vCPUs in its place: docs/howto/replace-ariel.md
import sys

import sst

CORES = 2

ariel = sst.Component("ariel", "ariel.ariel")
ariel.addParams({
    "corecount": CORES,
    "clock": "2GHz",
    "executable": sys.argv[1] if len(sys.argv) > 1 else "./program",
})
ariel.setSubComponent("memmgr", "ariel.MemoryManagerSimple")
ariel.enableStatistics(["cycles", "read_requests", "write_requests"])


def cache(name, size, ways, cycles, first):
    component = sst.Component(name, "memHierarchy.Cache")
    component.addParams({
        "L1": int(first), "cache_size": size, "associativity": ways, "cache_line_size": 64,
        "access_latency_cycles": cycles, "cache_frequency": "2GHz", "coherence_protocol": "MESI",
    })
    component.enableAllStatistics({})
    return component


def link(name, near, near_port, far, far_port):
    sst.Link(name).connect((near, near_port, "500ps"), (far, far_port, "500ps"))


bus = sst.Component("bus", "memHierarchy.Bus")
bus.addParam("bus_frequency", "2GHz")
l2 = cache("l2", "1MiB", 16, 14, False)
memory = sst.Component("memory", "memHierarchy.MemController")
memory.addParams({"clock": "1GHz", "backing": "none", "addr_range_end": (1 << 30) - 1})
backend = memory.setSubComponent("backend", "memHierarchy.simpleMem")
backend.addParams({"access_time": "60ns", "mem_size": "1GiB"})
for i in range(CORES):
    l1 = cache(f"l1_{i}", "32KiB", 8, 4, True)
    link(f"core_{i}", ariel, f"cache_link_{i}", l1, "highlink")
    link(f"l1_{i}_bus", l1, "lowlink", bus, f"highlink{i}")
link("bus_l2", bus, "lowlink0", l2, "highlink")
link("l2_memory", l2, "lowlink", memory, "highlink")

sst.setStatisticLoadLevel(5)
sst.setStatisticOutput("sst.statOutputCSV", {"filepath": "statistics.csv", "separator": ","})
