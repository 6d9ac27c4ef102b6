// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Exchanges whose shapes, dimensions or names cannot be.

shard.grid @world(shape = 4x2x2x8)
shard.grid @unknown(shape = 4x?)
moe.plan @plan {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @expert <pp = 4, edp = 2, ep = 16> on @cluster
  placement @initial of @model::@sparse on @expert slots 16 contiguous
}
func.func @dispatch_1(%a: tensor<512x7168xbf16>, %r: !moe.routing<512 x 8>) {
  // expected-error @below {{'moe.dispatch' op expected to exchange 'tensor<512x7168xbf16>' for (ranks of the group) x (rows) x (hidden), with 16 ranks; found 'tensor<8x320x7168xbf16>' [dispatch-1]}}
  %0 = moe.dispatch %a by %r on @world grid_axes = [2, 3] placement @plan::@initial : tensor<512x7168xbf16>, !moe.routing<512 x 8> -> tensor<8x320x7168xbf16>
  return
}

// -----

shard.grid @world(shape = 4x2x2x8)
shard.grid @unknown(shape = 4x?)
moe.plan @plan {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @expert <pp = 4, edp = 2, ep = 16> on @cluster
  placement @initial of @model::@sparse on @expert slots 16 contiguous
}
func.func @dispatch_1(%a: tensor<512x7168xbf16>, %r: !moe.routing<512 x 8>) {
  // expected-error @below {{'moe.dispatch' op expected to exchange 'tensor<512x7168xbf16>' for (ranks of the group) x (rows) x (hidden), with 16 ranks; found 'tensor<16x320x4096xbf16>' [dispatch-1]}}
  %0 = moe.dispatch %a by %r on @world grid_axes = [2, 3] placement @plan::@initial : tensor<512x7168xbf16>, !moe.routing<512 x 8> -> tensor<16x320x4096xbf16>
  return
}

// -----

shard.grid @world(shape = 4x2x2x8)
shard.grid @unknown(shape = 4x?)
moe.plan @plan {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @expert <pp = 4, edp = 2, ep = 16> on @cluster
  placement @initial of @model::@sparse on @expert slots 16 contiguous
}
func.func @dispatch_1(%a: tensor<512x7168xbf16>, %r: !moe.routing<512 x 8>) {
  // expected-error @below {{'moe.dispatch' op expected to exchange 'tensor<512x7168xbf16>' for (ranks of the group) x (rows) x (hidden), with 16 ranks; found 'tensor<16x7168xbf16>' [dispatch-1]}}
  %0 = moe.dispatch %a by %r on @world grid_axes = [2, 3] placement @plan::@initial : tensor<512x7168xbf16>, !moe.routing<512 x 8> -> tensor<16x7168xbf16>
  return
}

// -----

shard.grid @world(shape = 4x2x2x8)
shard.grid @unknown(shape = 4x?)
moe.plan @plan {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @expert <pp = 4, edp = 2, ep = 16> on @cluster
  placement @initial of @model::@sparse on @expert slots 16 contiguous
}
func.func @dispatch_1(%a: tensor<2x256x7168xbf16>, %r: !moe.routing<512 x 8>) {
  // expected-error @below {{'moe.dispatch' op expected to exchange 'tensor<2x256x7168xbf16>' for (ranks of the group) x (rows) x (hidden), with 16 ranks; found 'tensor<16x320x7168xbf16>' [dispatch-1]}}
  %0 = moe.dispatch %a by %r on @world grid_axes = [2, 3] placement @plan::@initial : tensor<2x256x7168xbf16>, !moe.routing<512 x 8> -> tensor<16x320x7168xbf16>
  return
}

// -----

shard.grid @world(shape = 4x2x2x8)
shard.grid @unknown(shape = 4x?)
moe.plan @plan {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @expert <pp = 4, edp = 2, ep = 16> on @cluster
  placement @initial of @model::@sparse on @expert slots 16 contiguous
}
func.func @dispatch_1(%a: tensor<512x7168xbf16>, %r: !moe.routing<512 x 8>) {
  // expected-error @below {{'moe.dispatch' op expected to exchange 'tensor<512x7168xbf16>' for (ranks of the group) x (rows) x (hidden), with ? ranks; found 'tensor<16x320x4096xbf16>' [dispatch-1]}}
  %0 = moe.dispatch %a by %r on @unknown grid_axes = [1] placement @plan::@initial : tensor<512x7168xbf16>, !moe.routing<512 x 8> -> tensor<16x320x4096xbf16>
  return
}

// -----

shard.grid @world(shape = 4x2x2x8)
shard.grid @unknown(shape = 4x?)
moe.plan @plan {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @expert <pp = 4, edp = 2, ep = 16> on @cluster
  placement @initial of @model::@sparse on @expert slots 16 contiguous
}
func.func @dispatch_1(%a: tensor<512x7168xbf16>, %r: !moe.routing<511 x 8>) {
  // expected-error @below {{'moe.dispatch' op expected one row of '!moe.routing<511 x 8>' per token of 'tensor<512x7168xbf16>' [dispatch-1]}}
  %0 = moe.dispatch %a by %r on @world grid_axes = [2, 3] placement @plan::@initial : tensor<512x7168xbf16>, !moe.routing<511 x 8> -> tensor<16x320x7168xbf16>
  return
}

// -----

shard.grid @world(shape = 4x2x2x8)
shard.grid @unknown(shape = 4x?)
moe.plan @plan {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @expert <pp = 4, edp = 2, ep = 16> on @cluster
  placement @initial of @model::@sparse on @expert slots 16 contiguous
}
func.func @dispatch_1(%a: tensor<512x7168xbf16>, %r: !moe.routing<512 x 8>) {
  // expected-error @below {{'moe.dispatch' op names dimension 4, but @world has 4 dimensions [dispatch-1]}}
  %0 = moe.dispatch %a by %r on @world grid_axes = [3, 4] placement @plan::@initial : tensor<512x7168xbf16>, !moe.routing<512 x 8> -> tensor<16x320x7168xbf16>
  return
}

// -----

shard.grid @world(shape = 4x2x2x8)
shard.grid @unknown(shape = 4x?)
moe.plan @plan {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @expert <pp = 4, edp = 2, ep = 16> on @cluster
  placement @initial of @model::@sparse on @expert slots 16 contiguous
}
func.func @dispatch_1(%a: tensor<512x7168xbf16>, %r: !moe.routing<512 x 8>) {
  // expected-error @below {{'moe.dispatch' op names dimension -1, but @world has 4 dimensions [dispatch-1]}}
  %0 = moe.dispatch %a by %r on @world grid_axes = [-1] placement @plan::@initial : tensor<512x7168xbf16>, !moe.routing<512 x 8> -> tensor<16x320x7168xbf16>
  return
}

// -----

shard.grid @world(shape = 4x2x2x8)
shard.grid @unknown(shape = 4x?)
moe.plan @plan {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @expert <pp = 4, edp = 2, ep = 16> on @cluster
  placement @initial of @model::@sparse on @expert slots 16 contiguous
}
func.func @dispatch_1(%a: tensor<512x7168xbf16>, %r: !moe.routing<512 x 8>) {
  // expected-error @below {{'moe.dispatch' op uses dimension 3 twice [dispatch-1]}}
  %0 = moe.dispatch %a by %r on @world grid_axes = [3, 3] placement @plan::@initial : tensor<512x7168xbf16>, !moe.routing<512 x 8> -> tensor<16x320x7168xbf16>
  return
}

// -----

shard.grid @world(shape = 4x2x2x8)
shard.grid @unknown(shape = 4x?)
moe.plan @plan {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @expert <pp = 4, edp = 2, ep = 16> on @cluster
  placement @initial of @model::@sparse on @expert slots 16 contiguous
}
func.func @grid(%a: tensor<512x7168xbf16>, %r: !moe.routing<512 x 8>) {
  // expected-error @below {{'moe.dispatch' op refers to unknown grid @nowhere}}
  %0 = moe.dispatch %a by %r on @nowhere grid_axes = [2, 3] placement @plan::@initial : tensor<512x7168xbf16>, !moe.routing<512 x 8> -> tensor<16x320x7168xbf16>
  return
}

// -----

shard.grid @world(shape = 4x2x2x8)
shard.grid @unknown(shape = 4x?)
moe.plan @plan {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @expert <pp = 4, edp = 2, ep = 16> on @cluster
  placement @initial of @model::@sparse on @expert slots 16 contiguous
}
func.func @dispatch_2(%a: tensor<512x7168xbf16>, %r: !moe.routing<512 x 8>) {
  // expected-error @below {{'moe.dispatch' op refers to unknown placement @plan::@nowhere [dispatch-2]}}
  %0 = moe.dispatch %a by %r on @world grid_axes = [2, 3] placement @plan::@nowhere : tensor<512x7168xbf16>, !moe.routing<512 x 8> -> tensor<16x320x7168xbf16>
  return
}

// -----

shard.grid @world(shape = 4x2x2x8)
shard.grid @unknown(shape = 4x?)
moe.plan @plan {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @expert <pp = 4, edp = 2, ep = 16> on @cluster
  placement @initial of @model::@sparse on @expert slots 16 contiguous
}
func.func @dispatch_2(%a: tensor<512x7168xbf16>, %r: !moe.routing<512 x 8>) {
  // expected-error @below {{'moe.dispatch' op refers to unknown placement @plan::@expert [dispatch-2]}}
  %0 = moe.dispatch %a by %r on @world grid_axes = [2, 3] placement @plan::@expert : tensor<512x7168xbf16>, !moe.routing<512 x 8> -> tensor<16x320x7168xbf16>
  return
}

// -----

shard.grid @world(shape = 4x4)
moe.plan @plan {
  cluster @cluster
  model @model {
    layers @sparse 0 to 1 { experts count 2 }
  }
  mesh @expert <edp = 8, ep = 2> on @cluster
  // expected-note @below {{placement declared here}}
  placement @initial of @model::@sparse on @expert slots 1 table dense<[[0], [1]]> : tensor<2x1xi32>
}
func.func @dispatch_2(%a: tensor<512x64xbf16>, %r: !moe.routing<512 x 2>) {
  // expected-error @below {{'moe.dispatch' op exchanges tokens between 4 ranks, but @plan::@initial has rows for 2 [dispatch-2]}}
  %0 = moe.dispatch %a by %r on @world grid_axes = [1] placement @plan::@initial : tensor<512x64xbf16>, !moe.routing<512 x 2> -> tensor<4x256x64xbf16>
  return
}
