moe.plan @idle {
  cluster @cluster nodes 2 gpus_per_node 8 world_size 8
}
