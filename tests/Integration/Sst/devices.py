# SST's L1 caches, memory and a device; or, without cores, SST's own example of a device alone.
import sys

import sst
import dilaton_sst as dilaton

BASE = 0x40000000
cores = int(sys.argv[1])

if cores == 0:
    square = sst.Component("square", "memHierarchy.mmioEx")
    square.addParams({"base_addr": BASE, "clock": "1GHz"})
    device = square.setSubComponent("iface", "memHierarchy.standardInterface")
else:
    bus = dilaton.bus("bus")
    for i, cpu in enumerate(dilaton.vcpus(cores)):
        l1 = dilaton.cache(f"l1_{i}", "64KiB", ways=8, cycles=4, first=True)
        dilaton.connect(cpu, l1)
        dilaton.connect(l1, bus)
    dilaton.connect(bus, dilaton.memory("memory", "1GiB"))
    device = dilaton.scratch("device", BASE, "4KiB", latency="200ns")
dilaton.connect(dilaton.mmio(), device)
dilaton.statistics("statistics.csv")
