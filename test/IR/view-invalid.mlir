// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Views that leave out, repeat or scatter the dimensions of their grid.

shard.grid @world(shape = 4x2x2x8)
// expected-error @below {{'moe.view' op names dimension 4, but @world has 4 dimensions [view-1]}}
moe.view @view_1 on @world <pp = [0], dp = [1, 2], tp = [4]>

// -----

shard.grid @world(shape = 4x2x2x8)
// expected-error @below {{'moe.view' op names dimension -1, but @world has 4 dimensions [view-1]}}
moe.view @view_1 on @world <pp = [-1]>

// -----

shard.grid @world(shape = 4x2x2x8)
// expected-error @below {{'moe.view' op uses dimension 2 twice [view-1]}}
moe.view @view_1 on @world <pp = [0], dp = [1, 2], tp = [2, 3]>

// -----

shard.grid @world(shape = 4x2x2x8)
// expected-error @below {{'moe.view' op leaves out dimension 3 of @world [view-1]}}
moe.view @view_1 on @world <pp = [0], dp = [1, 2]>

// -----

shard.grid @world(shape = 4x2x2x8)
// expected-error @below {{'moe.view' op leaves out dimension 0 of @world [view-1]}}
moe.view @view_1 on @world <>

// -----

shard.grid @world(shape = 4x2x2x8)
// expected-error @below {{axis 'pp' is named twice [view-1]}}
moe.view @view_1 on @world <pp = [0], pp = [1, 2], tp = [3]>

// -----

shard.grid @world(shape = 4x2x2x8)
// expected-error @below {{expected axis 'dp' to name dimensions in ascending order, found 1 after 2 [view-1]}}
moe.view @view_1 on @world <dp = [2, 1], pp = [0], tp = [3]>

// -----

shard.grid @world(shape = 4x2x2x8)
// expected-error @below {{custom op 'moe.view' expected 'pp', 'dp', 'cp', 'tp', 'edp', 'ep' or 'etp', found 'pq', did you mean 'pp'?}}
moe.view @view_1 on @world <pq = [0]>

// -----

shard.grid @world(shape = 4x2x2x8)
// expected-error @below {{custom op 'moe.view' integer value too large}}
moe.view @view_1 on @world <pp = [99999]>

// -----

// expected-error @below {{'moe.view' op refers to unknown grid @nowhere}}
moe.view @v on @nowhere <pp = [0]>
