# A 4x4 torus of merlin between 16 nodes, of 10 Gbit/s and 500 ns links.
import dilaton_merlin as dilaton
from sst.merlin.topology import topoTorus

torus = topoTorus()
torus.shape = "4x4"
torus.width = "1x1"
torus.local_ports = 1
dilaton.network(torus, nodes=16)
dilaton.statistics("statistics.csv")
