# A dragonfly of merlin between 16 nodes: groups of two routers, with two nodes each.
import dilaton_merlin as dilaton
from sst.merlin.topology import topoDragonFly

dragonfly = topoDragonFly()
dragonfly.hosts_per_router = 2
dragonfly.routers_per_group = 2
dragonfly.intergroup_links = 1
dragonfly.num_groups = 4
dragonfly.algorithm = "minimal"
dilaton.network(dragonfly, nodes=16)
dilaton.statistics("statistics.csv")
