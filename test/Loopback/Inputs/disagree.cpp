// A user's program with a fault: rank 2 reduces one value less than the others
// of its group. It also asks for a communicator that the plan does not have.
#include "comms.h"
#include <cstdio>

static void run() {
  moe::Comms comms = moe::initComms();
  try {
    comms.get("epp");
  } catch (const moe::CommsError &error) {
    if (comms.rank() == 0)
      std::printf("%s\n", error.what());
  }
  cudaStream_t stream = nullptr;
  cudaStreamCreate(&stream);
  float *data = nullptr;
  cudaMalloc(&data, 1024 * sizeof(float));
  ncclComm_t ep = comms.get("ep");
  ncclAllReduce(data, data, comms.rank() == 2 ? 1023 : 1024, ncclFloat, ncclSum,
                ep, stream);
  comms.wait(ep, stream, "the gradients of the experts");
  comms.barrier("the end of the step");
}

int main() try { run(); } catch (const moe::CommsError &error) {
  std::fprintf(stderr, "moe: %s\n", error.what());
  return static_cast<int>(error.kind);
}
