// A user's program with two collectives at a time, on two communicators and
// streams. Rank 1 stops before both: ranks 0, 2 and 3 wait for it in vain.
#include "comms.h"
#include <csignal>
#include <cstdio>

static void run() {
  moe::Comms comms = moe::initComms();
  cudaStream_t streams[2] = {};
  float *data[2] = {};
  ncclComm_t groups[2] = {comms.get("tp"), comms.get("ep")};
  for (int i = 0; i < 2; ++i) {
    cudaStreamCreate(&streams[i]);
    cudaMalloc(&data[i], sizeof(float));
  }
  comms.barrier("the first step");
  if (comms.rank() == 1)
    std::raise(SIGSTOP);
  for (int i = 0; i < 2; ++i)
    ncclAllReduce(data[i], data[i], 1, ncclFloat, ncclSum, groups[i],
                  streams[i]);
  for (int i = 0; i < 2; ++i)
    comms.wait(groups[i], streams[i], i == 0 ? "activations" : "tokens");
  comms.finish();
}

int main() try { run(); } catch (const moe::CommsError &error) {
  std::fprintf(stderr, "moe: %s\n", error.what());
  return static_cast<int>(error.kind);
}
