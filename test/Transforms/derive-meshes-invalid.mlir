// What keeps meshes from being derived is said where the author would edit it.
// RUN: moe-opt %s --split-input-file --verify-diagnostics --moe-derive-meshes

// expected-error@+1 {{meshes need the sections 'cluster' and 'parallelism' of the plan}}
moe.plan @empty {
}

// -----

moe.plan @indivisible {
  cluster @cluster world_size 3
  // expected-error@+1 {{cannot derive meshes: the degree 'dp' is not known}}
  parallelism @parallelism tp 2 etp 1
}

// -----

moe.plan @typo {
  cluster @cluster world_size 4
  // expected-error@+1 {{cannot derive meshes: the order 'tp-cp-eb-dp-pp' names 'eb', expected 'tp', 'cp', 'ep', 'dp' or 'pp'}}
  parallelism @parallelism tp 2 etp 1 order "tp-cp-eb-dp-pp"
}

// -----

moe.plan @twice {
  cluster @cluster world_size 4
  // expected-error@+1 {{cannot derive meshes: the order 'tp-tp-cp-ep-dp-pp' names 'tp' twice}}
  parallelism @parallelism tp 2 etp 1 order "tp-tp-cp-ep-dp-pp"
}

// -----

moe.plan @left_out {
  cluster @cluster world_size 4
  // expected-error@+1 {{cannot derive meshes: the order 'tp-cp-ep-dp' leaves out 'pp'}}
  parallelism @parallelism tp 2 etp 1 order "tp-cp-ep-dp"
}
