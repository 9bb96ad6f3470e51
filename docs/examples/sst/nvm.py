# One vCPU whose L1 is Dilaton's; SST's L2 fetches ahead (cassini), and the memory behind it is a phase-change memory (Messier)
# with slow writes.
import sst

import dilaton_sst as dilaton

[cpu] = dilaton.vcpus(1)
l2 = dilaton.cache("l2", "256KiB", ways=8, cycles=12, first=True)
ahead = l2.setSubComponent("prefetcher", "cassini.NextBlockPrefetcher")
ahead.enableAllStatistics({})

memory = sst.Component("memory", "memHierarchy.MemController")
memory.addParams({"clock": "1GHz", "backing": "none", "addr_range_end": (1 << 30) - 1})
backend = memory.setSubComponent("backend", "memHierarchy.Messier")
backend.addParam("mem_size", "1GiB")
nvm = sst.Component("nvm", "Messier.Messier")
nvm.addParams({
    "clock": "1GHz",
    "size": 1 << 20,
    "num_banks": 32,
    "tCL": 30,
    "tRCD": 300,
    "tCL_W": 1000,
    "write_buffer_size": 32,
    "max_outstanding": 32,
})
nvm.enableAllStatistics({})
sst.Link("bus").connect((backend, "nvm_link", "50ps"), (nvm, "bus", "50ps"))
dilaton.connect(cpu, l2)
dilaton.connect(l2, memory)
dilaton.statistics("statistics.csv")
