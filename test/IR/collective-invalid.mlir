// RUN: moe-opt %s --split-input-file --verify-diagnostics

// What `collective` cannot say, and where it cannot stand.

moe.plan @case {
  stated {
    // expected-error @below {{custom op 'moe.collective' expected 'all_reduce', 'all_gather', 'reduce_scatter', 'all_to_all', 'broadcast' or 'send_recv', found 'allreduce', did you mean 'all_reduce'?}}
    collective allreduce
  }
}

// -----

moe.plan @case {
  stated {
    // expected-error @below {{'moe.collective' op expected 'time' to be a time such as "2 ms", found "2 GB"}}
    collective all_reduce time "2 GB"
  }
}

// -----

moe.plan @elsewhere {
  // expected-error @below {{'moe.collective' op expects parent op 'moe.stated'}}
  collective all_reduce
}
