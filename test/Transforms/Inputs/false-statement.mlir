moe.plan @false_statement {
  cluster @cluster nodes 1 gpus_per_node 8
  model @model hidden 64 layers 2 {}
  parallelism @parallelism tp 4 pp 2 etp 1
  stated {
    groups axis tp count 4 size 2
  }
}
