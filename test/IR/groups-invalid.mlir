// RUN: moe-opt %s --split-input-file --verify-diagnostics

// What `groups` cannot say, and where it cannot stand.

moe.plan @case {
  stated {
    // expected-error @below {{custom op 'moe.groups' expected 'pp', 'dp', 'cp', 'tp', 'edp', 'ep' or 'etp', found 'mp', did you mean 'pp', 'dp', 'cp', 'tp' or 'ep'?}}
    groups axis mp
  }
}

// -----

moe.plan @case {
  stated {
    // expected-error @below {{'moe.groups' op attribute 'count' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
    groups axis tp count 0
  }
}

// -----

moe.plan @case {
  stated {
    // expected-error @below {{'moe.groups' op attribute 'size' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
    groups axis tp size -1
  }
}

// -----

moe.plan @elsewhere {
  // expected-error @below {{'moe.groups' op expects parent op 'moe.stated'}}
  groups axis pp
}
