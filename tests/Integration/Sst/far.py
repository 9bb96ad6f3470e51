# Far memory in SST, behind a window: 60 ns and the links.
import dilaton_sst as dilaton

dilaton.connect(dilaton.mmio(), dilaton.memory("far", "2GiB"))
dilaton.statistics("statistics.csv")
