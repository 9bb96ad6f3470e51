# Two vCPUs with an L1 each, and a shogun crossbar between these and two slices of an L2, each with its own memory; consecutive
# kilobytes go to the slices in turn.
import sst

import dilaton_sst as dilaton

CORES = 2
SLICES = 2
MEMORY = 1 << 30
GRAIN = 1024

crossbar = sst.Component("crossbar", "shogun.ShogunXBar")
crossbar.addParams({"port_count": CORES + SLICES, "clock": "2GHz", "queue_slots": 64})
crossbar.enableAllStatistics({})


def attach(part, slot, group, port):
    """Puts an interface to the crossbar into the slot of a cache."""
    nic = part.setSubComponent(slot, "memHierarchy.MemNIC")
    nic.addParam("group", group)
    control = nic.setSubComponent("linkcontrol", "shogun.ShogunNIC")
    sst.Link(f"crossbar_{port}").connect((control, "port", "500ps"), (crossbar, f"port{port}", "500ps"))


def share(i):
    """The addresses of slice i."""
    return {
        "addr_range_start": i * GRAIN,
        "addr_range_end": MEMORY - (SLICES - 1 - i) * GRAIN - 1,
        "interleave_size": f"{GRAIN}B",
        "interleave_step": f"{SLICES * GRAIN}B",
    }


for i, cpu in enumerate(dilaton.vcpus(CORES)):
    l1 = dilaton.cache(f"l1_{i}", "32KiB", ways=8, cycles=4, first=True)
    dilaton.connect(cpu, l1)
    attach(l1, "lowlink", 1, i)
for i in range(SLICES):
    l2 = dilaton.cache(f"l2_{i}", "512KiB", ways=16, cycles=14, **share(i))
    attach(l2, "highlink", 2, CORES + i)
    memory = dilaton.memory(f"memory_{i}", "1GiB", **share(i))
    dilaton.connect(l2, memory)
dilaton.statistics("statistics.csv")
