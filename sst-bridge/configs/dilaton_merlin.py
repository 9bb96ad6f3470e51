"""Networks of SST's merlin between the nodes of a Dilaton job.

    import dilaton_merlin as dilaton
    from sst.merlin.topology import topoTorus

    topology = topoTorus()
    topology.shape = "4x4"
    topology.width = "1x1"
    topology.local_ports = 1
    dilaton.network(topology, nodes=16, link_bw="10Gb/s", link_latency="500ns")

`dilaton launch` puts this module on the path of a peer of kind sst. It is a short hand for
merlin's own classes: use those for what it does not have.
"""

import sst
from sst.merlin.base import Job, System, hr_router
from sst.merlin.interface import LinkControl

INTERFACES = "nic"


class Nodes(Job):
    """The nodes of the job as endpoints of merlin: a dilaton.Nic each."""

    def __init__(self, count, **params):
        Job.__init__(self, 0, count)
        self._declareClassVariables(["nic_params"])
        self.nic_params = params

    def getName(self):
        return "Dilaton"

    def build(self, nID, extraKeys, link=None):
        node = self._nid_map[nID]
        nic = sst.Component(f"{INTERFACES}{node}", "dilaton.Nic")
        nic.addParams(self.nic_params)
        nic.addParam("node", node)
        nic.enableAllStatistics({})
        interface = self.network_interface
        if link is None:
            return interface.build(nic, "networkIF", 0, self.job_id, self.size, node, True)
        return interface._instanceNetworkInterfaceBackCompat(
            interface, nic, "networkIF", 0, self.job_id, self.size, node, True, link)


def network(topology, nodes, link_bw="10Gb/s", link_latency="500ns", flit="8B", buffer="64KiB",
            switch_latency="0ns", interface=None, **nic_params):
    """Routers of one kind and links of one kind in a topology of merlin, with nodes at its first
    places. `buffer` is that of each port and virtual network; what is beyond waits, and nothing is
    dropped. Further parameters are those of dilaton.Nic."""
    router = hr_router()
    router.link_bw = link_bw
    router.flit_size = flit
    router.xbar_bw = link_bw
    router.input_latency = switch_latency
    router.output_latency = "0ns"
    router.input_buf_size = buffer
    router.output_buf_size = buffer
    router.num_vns = 1
    router.xbar_arb = "merlin.xbar_arb_lru"
    topology.router = router
    topology.link_latency = link_latency
    if interface is None:
        interface = LinkControl()
        interface.link_bw = link_bw
        interface.input_buf_size = buffer
        interface.output_buf_size = buffer
    job = Nodes(nodes, **nic_params)
    job.network_interface = interface
    system = System()
    system.setTopology(topology)
    system.allocateNodes(job, "linear")
    system.build()


def statistics(path):
    """Writes all that was counted to a CSV file in the peer's folder."""
    sst.setStatisticLoadLevel(2)
    sst.setStatisticOutput("sst.statOutputCSV", {"filepath": path, "separator": ","})
