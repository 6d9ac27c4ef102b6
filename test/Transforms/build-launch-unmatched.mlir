// A launch is built from stage functions that meet, and from no others.
// RUN: moe-opt %s --split-input-file --verify-diagnostics --moe-build-launch

moe.plan @no_receive {
}
shard.grid @world(shape = 2x2)
moe.view @attention on @world <pp = [0], dp = [1]>
func.func @stage0(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'shard.send' op sends to stage 1, which receives 0 times from stage 0, expected 1}}
  %s = shard.send %x on @world grid_axes = [0] destination = [1] : (tensor<4xf32>) -> tensor<4xf32>
  return %s : tensor<4xf32>
}

// -----

moe.plan @no_send {
}
shard.grid @world(shape = 2x2)
moe.view @attention on @world <pp = [0], dp = [1]>
func.func @stage1(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'shard.recv' op waits for stage 0, which sends 0 times to stage 1, expected 1}}
  %r = shard.recv %x on @world grid_axes = [0] source = [0] : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

moe.plan @other_type {
}
shard.grid @world(shape = 2x2)
moe.view @attention on @world <pp = [0], dp = [1]>
func.func @stage0(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-note @+1 {{sent here}}
  %s = shard.send %x on @world grid_axes = [0] destination = [1] : (tensor<4xf32>) -> tensor<4xf32>
  return %s : tensor<4xf32>
}
func.func @stage1(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{'shard.recv' op receives 'tensor<8xf32>', but stage 0 sends 'tensor<4xf32>'}}
  %r = shard.recv %x on @world grid_axes = [0] source = [0] : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// -----

moe.plan @across_stages {
}
shard.grid @world(shape = 2x2)
moe.view @attention on @world <pp = [0], dp = [1]>
func.func @stage0(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'shard.all_reduce' op spans dimension 0, along which stages run different functions}}
  %s = shard.all_reduce %x on @world grid_axes = [0, 1] : tensor<4xf32> -> tensor<4xf32>
  return %s : tensor<4xf32>
}

// -----

// expected-error @below {{a collective spans dimension 1 of @world, expected whole axes of one view}}
shard.grid @world(shape = 2x2x2)
moe.plan @part_of_an_axis {
  cluster @cluster world_size 8 gpus_per_node 8
}
moe.view @attention on @world <dp = [0, 1], tp = [2]>
func.func @stage0(%x: tensor<4xf32>) -> tensor<4xf32> {
  %s = shard.all_reduce %x on @world grid_axes = [1] : tensor<4xf32> -> tensor<4xf32>
  return %s : tensor<4xf32>
}
