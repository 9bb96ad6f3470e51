"""Parts of SST configurations in which a Dilaton job's memory is timed.

    import dilaton_sst as dilaton

    [cpu] = dilaton.vcpus(1)
    l2 = dilaton.cache("l2", "512KiB", ways=8, cycles=12, first=True)
    memory = dilaton.memory("memory", "4GiB")
    dilaton.connect(cpu, l2)
    dilaton.connect(l2, memory)

`dilaton launch` puts this module on the path of a peer of kind sst. Everything here is a short
hand for sst.Component and sst.Link: use those beside it for what it does not have.
"""

import sst

LINK_LATENCY = "500ps"


def vcpus(count, name="vcpus", **params):
    """The vCPUs of one node: their interfaces to the memory, in order of the vCPUs."""
    component = _vcpus(name)
    component.addParams(params)
    return [component.setSubComponent("memory", "memHierarchy.standardInterface", i)
            for i in range(count)]


def mmio(name="vcpus"):
    """The interface of all vCPUs of a node to the devices behind its windows."""
    return _vcpus(name).setSubComponent("mmio", "memHierarchy.standardInterface")


def scratch(name, base, size="4KiB", latency="100ns"):
    """The device dilaton.ScratchDevice, with the base that the job's window has."""
    component = _component(name, "dilaton.ScratchDevice")
    component.addParams({"base": base, "size": size, "latency": latency})
    component.enableAllStatistics({})
    return component.setSubComponent("iface", "memHierarchy.standardInterface")


def cache(name, size, ways, cycles, frequency="2GHz", first=False, **params):
    """A memHierarchy cache; `first` if a vCPU is connected to it, whatever its level."""
    component = _component(name, "memHierarchy.Cache")
    component.addParams({
        "cache_size": size,
        "associativity": ways,
        "access_latency_cycles": cycles,
        "cache_frequency": frequency,
        "cache_line_size": 64,
        "coherence_protocol": "MESI",
        "L1": int(first),
    })
    component.addParams(params)
    component.enableAllStatistics({})
    return component


def memory(name, size, backend="memHierarchy.simpleMem", clock="1GHz", backend_params=None,
           **params):
    """A memory controller for addresses 0 to `size`; the guest's data stays in the worker."""
    component = _component(name, "memHierarchy.MemController")
    component.addParams({
        "clock": clock,
        "backing": "none",
        "addr_range_start": 0,
        "addr_range_end": sst.UnitAlgebra(size).getRoundedValue() - 1,
    })
    component.addParams(params)
    component.enableAllStatistics({})
    timing = component.setSubComponent("backend", backend)
    timing.addParam("mem_size", size)
    timing.addParams(backend_params or {"access_time": "60ns"})
    return component


def ddr4(name, size, channels=2):
    """A memory of DDR4-2400 channels, timed by memHierarchy.timingDRAM."""
    component = memory(name, size, "memHierarchy.timingDRAM", clock="1.2GHz", backend_params={
        "id": 0,
        "addrMapper": "memHierarchy.roundRobinAddrMapper",
        "addrMapper.interleave_size": "64B",
        "addrMapper.row_size": "1KiB",
        "channels": channels,
        "channel.numRanks": 2,
        "channel.transaction_Q_size": 32,
        "channel.rank.numBanks": 16,
        "channel.rank.bank.CL": 16,
        "channel.rank.bank.CL_WR": 12,
        "channel.rank.bank.RCD": 16,
        "channel.rank.bank.TRP": 16,
        "channel.rank.bank.dataCycles": 4,
        "channel.rank.bank.pagePolicy": "memHierarchy.simplePagePolicy",
        "channel.rank.bank.transactionQ": "memHierarchy.fifoTransactionQ",
        "channel.rank.bank.pagePolicy.close": 0,
    })
    return component


def bus(name, frequency="2GHz"):
    """A bus between several caches and what is behind them."""
    component = _component(name, "memHierarchy.Bus")
    component.addParam("bus_frequency", frequency)
    return component


def connect(near, far, latency=LINK_LATENCY):
    """Links two parts, the one nearer to the vCPUs first. Ports of a bus are counted up."""
    _links.append(near)
    link = sst.Link(f"link_{len(_links)}")
    link.connect((near, _port(near, "lowlink"), latency), (far, _port(far, "highlink"), latency))


def on_rank(rank, *components):
    """Puts components on an MPI rank of the simulation. Those of this module are else on rank 0; any
    other component must be put somewhere too. How often ranks wait for each other is set by the
    shortest link between them: cut where latencies are long. With one rank all are on it."""
    sst.setProgramOption("partitioner", "sst.self")
    for component in components:
        component.setRank(rank)


def statistics(path):
    """Writes the statistics of all parts to a CSV file in SST's output folder; with several MPI
    ranks to one for each, the rank's number behind the name."""
    sst.setStatisticLoadLevel(7)
    sst.setStatisticOutput("sst.statOutputCSV", {"filepath": path, "separator": ","})


_links = []
_bus_ports = {}
_all_vcpus = {}


def _component(name, kind):
    component = sst.Component(name, kind)
    component.setRank(0)
    return component


def _vcpus(name):
    if name not in _all_vcpus:
        _all_vcpus[name] = _component(name, "dilaton.Vcpus")
        _all_vcpus[name].enableAllStatistics({})
    return _all_vcpus[name]


def _port(part, side):
    if part.getType() == "memHierarchy.standardInterface":
        return "lowlink"
    if part.getType() != "memHierarchy.Bus":
        return side
    key = (part.getFullName(), side)
    _bus_ports[key] = _bus_ports.get(key, -1) + 1
    return f"{side}{_bus_ports[key]}"
