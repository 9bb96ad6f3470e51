# The machine of ours.yaml, of SST's parts.
import dilaton_sst as dilaton

[cpu] = dilaton.vcpus(1)
l1 = dilaton.cache("l1", "32KiB", ways=8, cycles=4, first=True)
l2 = dilaton.cache("l2", "256KiB", ways=8, cycles=12)
memory = dilaton.memory("memory", "1GiB", backend_params={"access_time": "60ns"})
dilaton.connect(cpu, l1)
dilaton.connect(l1, l2)
dilaton.connect(l2, memory)
dilaton.statistics("statistics.csv")
