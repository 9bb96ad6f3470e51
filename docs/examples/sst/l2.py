# One vCPU whose L1 is Dilaton's, and SST's L2 and memory behind it.
import dilaton_sst as dilaton

[cpu] = dilaton.vcpus(1)
l2 = dilaton.cache("l2", "512KiB", ways=8, cycles=12, first=True)
memory = dilaton.memory("memory", "1GiB")
dilaton.connect(cpu, l2)
dilaton.connect(l2, memory)
dilaton.statistics("statistics.csv")
