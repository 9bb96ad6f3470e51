# A device in SST, reached through a window, and no memory: Dilaton has all of that.
import dilaton_sst as dilaton

BASE = 0x100000000  # of the window in device.yaml

cpus = dilaton.mmio()
device = dilaton.scratch("device", BASE, "4KiB", latency="200ns")
dilaton.connect(cpus, device)
dilaton.statistics("statistics.csv")
