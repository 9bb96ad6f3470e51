# Four vCPUs with an L1 and L2 each, and an L3 with a directory for all of them.
import dilaton_sst as dilaton

memory = dilaton.ddr4("memory", "1GiB")
l3 = dilaton.cache("l3", "4MiB", ways=16, cycles=40, cache_type="noninclusive_with_directory",
                   noninclusive_directory_entries=65536, noninclusive_directory_associativity=16)
bus = dilaton.bus("bus")
for i, cpu in enumerate(dilaton.vcpus(4)):
    l1 = dilaton.cache(f"l1_{i}", "32KiB", ways=8, cycles=4, first=True)
    l2 = dilaton.cache(f"l2_{i}", "512KiB", ways=8, cycles=12)
    dilaton.connect(cpu, l1)
    dilaton.connect(l1, l2)
    dilaton.connect(l2, bus)
dilaton.connect(bus, l3)
dilaton.connect(l3, memory)
dilaton.statistics("statistics.csv")
