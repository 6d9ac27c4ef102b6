// Rank r is on host r % 12: no launcher places ranks so by itself.
moe.launch @job world_size 24 gpus_per_host 2 {
  host 0 ranks [0, 12]
  host 1 ranks [1, 13]
  host 2 ranks [2, 14]
  host 3 ranks [3, 15]
  host 4 ranks [4, 16]
  host 5 ranks [5, 17]
  host 6 ranks [6, 18]
  host 7 ranks [7, 19]
  host 8 ranks [8, 20]
  host 9 ranks [9, 21]
  host 10 ranks [10, 22]
  host 11 ranks [11, 23]
  coordinates @attention <dp = 12, tp = 2>
  coordinates @expert <edp = 2, ep = 12>
  communicator @tp along <tp> groups <12:2> members <2:1> runs [all_reduce]
  site partition "gpu" gpu_request "gres"
}
