// A policy and a target may name the same metric, and a claim may be called as
// a section is; within one kind names are distinct.
// RUN: moe-opt %s --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: moe.plan @from_file unnamed
moe.plan @from_file unnamed {
  // CHECK-NEXT: cluster @cluster
  cluster @cluster
  // CHECK-NEXT: policy @imbalance "<= 1.05"
  policy @imbalance "<= 1.05"
  // CHECK-NEXT: target @imbalance "= 1"
  target @imbalance "= 1"
  // CHECK-NEXT: claim @cluster says "1 = 1"
  claim @cluster says "1 = 1"
}

// -----

// A placement read from a file names no mesh.
// CHECK-LABEL: moe.plan @placed
moe.plan @placed {
  model @model {
    layers @sparse 0 to 1 { experts count 3 }
  }
  // CHECK: placement @sparse of @model::@sparse slots 2 table
  placement @sparse of @model::@sparse slots 2 table dense<[[0, 1], [2, -1]]> : tensor<2x2xi32>
}

// -----

moe.plan @plan_2_claims {
  // expected-note @+1 {{first declared here}}
  claim @fits says "1 = 1"
  // expected-error @+1 {{'moe.claim' op declares the claim 'fits' for the second time [plan-2]}}
  claim @fits says "2 = 2"
}

// -----

moe.plan @plan_2_targets {
  // expected-note @+1 {{first declared here}}
  target @imbalance "= 1"
  // expected-error @+1 {{'moe.target' op declares the metric 'imbalance' for the second time [plan-2]}}
  target @imbalance "= 1"
}

// -----

moe.plan @plan_2_policies {
  // expected-note @+1 {{first declared here}}
  policy @imbalance "= 1"
  // expected-error @+1 {{'moe.policy' op declares the metric 'imbalance' for the second time [plan-2]}}
  policy @imbalance "= 1"
}
