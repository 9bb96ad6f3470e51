# A fat tree of merlin between 16 nodes: four leaves with four nodes each, four spines.
import dilaton_merlin as dilaton
from sst.merlin.topology import topoFatTree

tree = topoFatTree()
tree.shape = "4,4:4"
dilaton.network(tree, nodes=16)
dilaton.statistics("statistics.csv")
