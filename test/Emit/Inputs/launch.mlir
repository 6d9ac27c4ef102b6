moe.launch @job world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  coordinates @attention <dp = 2, tp = 2>
  communicator @tp along <tp> groups <2:2> members <2:1> runs [all_reduce]
  communicator @dp along <dp> groups <2:1> members <2:2> runs [all_reduce]
  stage 0 layers [0 to 8] embedding output
  figure "ranks" is "4" from "stated"
  finding warning "mesh-1" says "a finding"
  site partition "gpu" gpu_request "gres"
}
