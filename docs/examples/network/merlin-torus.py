# The torus of torus.yaml in merlin: 25 Gbit/s and 1 us links.
import dilaton_merlin as dilaton
from sst.merlin.interface import LinkControl
from sst.merlin.topology import topoTorus

torus = topoTorus()
torus.shape = "4x4"
torus.width = "1x1"
torus.local_ports = 1
interface = LinkControl()
interface.link_bw = "25Gb/s"
interface.input_buf_size = "64KiB"
interface.output_buf_size = "64KiB"
dilaton.network(
    torus, nodes=16, link_bw="25Gb/s", link_latency="1us", interface=interface)
dilaton.statistics("statistics.csv")
