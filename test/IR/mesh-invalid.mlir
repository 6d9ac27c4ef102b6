// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Axes that are none, and names that lead nowhere.

// mesh-2
moe.plan @case {
  cluster @cluster
  // expected-error @below {{expected axis 'tp' to have a size of at least 1, found 0 [mesh-2]}}
  mesh @mesh_2 <tp = 0> on @cluster
}

// -----

moe.plan @case {
  cluster @cluster
  // expected-error @below {{expected axis 'tp' to have a size of at least 1, found -4 [mesh-2]}}
  mesh @mesh_2 <tp = -4> on @cluster
}

// -----

moe.plan @case {
  cluster @cluster
  // expected-error @below {{axis 'tp' is named twice [mesh-2]}}
  mesh @mesh_2 <tp = 2, pp = 2, tp = 4> on @cluster
}

// -----

moe.plan @case {
  cluster @cluster
  // expected-error @below {{custom op 'moe.mesh' expected 'pp', 'dp', 'cp', 'tp', 'edp', 'ep' or 'etp', found 'tq', did you mean 'tp'?}}
  mesh @m <tq = 2> on @cluster
}

// -----

moe.plan @case {
  cluster @cluster
  // expected-error @below {{custom op 'moe.mesh' integer value too large}}
  mesh @m <tp = 99999999999999999999> on @cluster
}

// -----

moe.plan @case {
  cluster @cluster
  // expected-error @below {{'moe.mesh' op refers to unknown cluster @nowhere}}
  mesh @m <tp = 2> on @nowhere
}

// -----

moe.plan @case {
  workload @w
  // expected-error @below {{'moe.mesh' op refers to unknown cluster @w}}
  mesh @m <tp = 2> on @w
}

// -----

moe.plan @case {
  cluster @cluster
  // expected-error @below {{'moe.mesh' op refers to unknown mesh @other}}
  mesh @m <tp = 2> on @cluster folds @other keeping <tp>
}

// -----

moe.plan @case {
  cluster @cluster
  // expected-error @below {{'moe.mesh' op refers to unknown mesh @cluster}}
  mesh @m <tp = 2> on @cluster folds @cluster keeping <tp>
}

// -----

moe.plan @itself {
  cluster @cluster
  // expected-note @below {{mesh declared here}}
  // expected-error @below {{'moe.mesh' op folds @m, which folds a mesh itself}}
  mesh @m <tp = 2> on @cluster folds @m keeping <tp>
}

// -----

moe.plan @circle {
  cluster @cluster
  // expected-error @below {{'moe.mesh' op folds @b, which folds a mesh itself}}
  mesh @a <tp = 2> on @cluster folds @b keeping <tp>
  // expected-note @below {{mesh declared here}}
  mesh @b <tp = 2> on @cluster folds @a keeping <tp>
}

// -----

moe.plan @case {
  cluster @cluster
  mesh @a <tp = 2> on @cluster
  // expected-error @below {{axis 'tp' is named twice}}
  mesh @m <tp = 2> on @cluster folds @a keeping <tp, tp>
}

// -----

moe.plan @case {
  cluster @cluster
  mesh @a <tp = 2> on @cluster
  // expected-error @below {{'moe.mesh' op expected 'folds' and 'keeping' together, found only 'folds'}}
  "moe.mesh"() {sym_name = "m", axes = #moe.axes<tp = 2>, cluster = @cluster, folds = @a} : () -> ()
}

// -----

moe.plan @case {
  cluster @cluster
  // expected-error @below {{'moe.mesh' op expected 'folds' and 'keeping' together, found only 'keeping'}}
  "moe.mesh"() {sym_name = "m", axes = #moe.axes<tp = 2>, cluster = @cluster, keeping = #moe.axis_kinds<tp>} : () -> ()
}

// -----

// expected-error @below {{'moe.mesh' op expects parent op 'moe.plan'}}
moe.mesh @m <tp = 2> on @cluster
