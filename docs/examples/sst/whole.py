# One vCPU; L1, L2 and the banks of the memory are all SST's.
import dilaton_sst as dilaton

[cpu] = dilaton.vcpus(1)
l1 = dilaton.cache("l1", "32KiB", ways=8, cycles=4, first=True)
l2 = dilaton.cache("l2", "512KiB", ways=8, cycles=12)
memory = dilaton.ddr4("memory", "1GiB")
dilaton.connect(cpu, l1)
dilaton.connect(l1, l2)
dilaton.connect(l2, memory)
dilaton.statistics("statistics.csv")
