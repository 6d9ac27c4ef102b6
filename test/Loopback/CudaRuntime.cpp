//===- CudaRuntime.cpp - Stand-in for libcudart without a GPU -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Device memory is host memory and a stream is a thread that works off a queue,
// so that "still running" is a state a caller really meets.
//
// MOE_LOOPBACK_GPUS sets how many GPUs the machine has (8),
// CUDA_VISIBLE_DEVICES which of them this process sees, by their numbers.
//
//===----------------------------------------------------------------------===//

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cuda_runtime.h>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <set>
#include <string>
#include <thread>
#include <vector>

//===--- Streams ----------------------------------------------------------===//

/// Work that is done one after the other by a thread of its own.
struct CUstream_st : std::enable_shared_from_this<CUstream_st> {
public:
  static std::shared_ptr<CUstream_st> create() {
    auto stream = std::make_shared<CUstream_st>();
    std::thread([stream] { stream->work(); }).detach();
    return stream;
  }

  void push(std::function<void()> task) {
    std::lock_guard<std::mutex> lock(mutex);
    tasks.push(std::move(task));
    changed.notify_all();
  }
  bool isIdle() {
    std::lock_guard<std::mutex> lock(mutex);
    return tasks.empty();
  }
  void waitUntilIdle() {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [this] { return tasks.empty(); });
  }
  /// Lets the thread end when its work is done.
  void close() {
    std::lock_guard<std::mutex> lock(mutex);
    closed = true;
    changed.notify_all();
  }

private:
  void work() {
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      changed.wait(lock, [this] { return closed || !tasks.empty(); });
      if (tasks.empty())
        return;
      std::function<void()> &task = tasks.front(); // stays until it is done
      lock.unlock();
      task();
      lock.lock();
      tasks.pop();
      changed.notify_all();
    }
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::queue<std::function<void()>> tasks;
  bool closed = false;
};

namespace {

/// All streams of the process. Never destroyed: threads may outlive main.
struct Device {
  std::mutex mutex;
  std::set<std::shared_ptr<CUstream_st>> streams;
  std::shared_ptr<CUstream_st> defaultStream;

  static Device &get() {
    static Device *device = new Device;
    return *device;
  }
  cudaStream_t add() {
    std::shared_ptr<CUstream_st> stream = CUstream_st::create();
    std::lock_guard<std::mutex> lock(mutex);
    streams.insert(stream);
    return stream.get();
  }
  void remove(cudaStream_t stream) {
    std::lock_guard<std::mutex> lock(mutex);
    streams.erase(stream->shared_from_this());
  }
  CUstream_st &resolve(cudaStream_t stream) {
    if (stream)
      return *stream;
    std::lock_guard<std::mutex> lock(mutex);
    if (!defaultStream)
      streams.insert(defaultStream = CUstream_st::create());
    return *defaultStream;
  }
  void synchronize() {
    std::set<std::shared_ptr<CUstream_st>> all;
    {
      std::lock_guard<std::mutex> lock(mutex);
      all = streams;
    }
    for (const std::shared_ptr<CUstream_st> &stream : all)
      stream->waitUntilIdle();
  }
};

/// Numbers of the GPUs that this process sees, on the machine.
const std::vector<int> &visibleDevices() {
  static const std::vector<int> *devices = [] {
    const char *gpus = std::getenv("MOE_LOOPBACK_GPUS");
    const int count = gpus ? std::atoi(gpus) : 8;
    auto *list = new std::vector<int>;
    const char *visible = std::getenv("CUDA_VISIBLE_DEVICES");
    if (!visible)
      for (int gpu = 0; gpu < count; ++gpu)
        list->push_back(gpu);
    for (const char *at = visible; at && *at;) {
      char *end = nullptr;
      const long gpu = std::strtol(at, &end, 10);
      if (end == at || gpu < 0 || gpu >= count)
        break; // as CUDA does: the first wrong number ends the list
      list->push_back(static_cast<int>(gpu));
      at = *end == ',' ? end + 1 : end;
    }
    return list;
  }();
  return *devices;
}

thread_local int currentDevice = 0;

bool isDevice(int device) {
  return device >= 0 && device < static_cast<int>(visibleDevices().size());
}

} // namespace

//===--- The functions ----------------------------------------------------===//

const char *cudaGetErrorString(cudaError_t error) {
  switch (error) {
  case cudaSuccess:
    return "no error";
  case cudaErrorInvalidValue:
    return "invalid argument";
  case cudaErrorMemoryAllocation:
    return "out of memory";
  case cudaErrorInvalidDevice:
    return "invalid device ordinal";
  case cudaErrorNotReady:
    return "device not ready";
  }
  return "unrecognized error code";
}

cudaError_t cudaDriverGetVersion(int *version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int *version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int *count) {
  *count = static_cast<int>(visibleDevices().size());
  return cudaSuccess;
}

cudaError_t cudaGetDevice(int *device) {
  *device = currentDevice;
  return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
  if (!isDevice(device))
    return cudaErrorInvalidDevice;
  currentDevice = device;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetPCIBusId(char *address, int length, int device) {
  if (!isDevice(device))
    return cudaErrorInvalidDevice;
  const int gpu = visibleDevices()[static_cast<std::size_t>(device)];
  std::snprintf(address, static_cast<std::size_t>(length), "0000:%02X:00.0",
                16 + gpu);
  return cudaSuccess;
}

cudaError_t cudaMalloc(void **memory, std::size_t bytes) {
  *memory = std::malloc(bytes ? bytes : 1);
  return *memory ? cudaSuccess : cudaErrorMemoryAllocation;
}

/// Waits for the device first, as CUDA's does: memory that a collective still
/// uses cannot go away, and a collective that never ends is never freed.
cudaError_t cudaFree(void *memory) {
  Device::get().synchronize();
  std::free(memory);
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, std::size_t bytes,
                            cudaMemcpyKind, cudaStream_t stream) {
  Device::get().resolve(stream).push([=] { std::memcpy(to, from, bytes); });
  return cudaSuccess;
}

cudaError_t cudaStreamCreate(cudaStream_t *stream) {
  *stream = Device::get().add();
  return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned) {
  return cudaStreamCreate(stream);
}

/// Returns at once; the work that is there is still done.
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  if (!stream)
    return cudaErrorInvalidValue;
  stream->close();
  Device::get().remove(stream);
  return cudaSuccess;
}

cudaError_t cudaStreamQuery(cudaStream_t stream) {
  return Device::get().resolve(stream).isIdle() ? cudaSuccess
                                                : cudaErrorNotReady;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  Device::get().resolve(stream).waitUntilIdle();
  return cudaSuccess;
}

cudaError_t cudaDeviceSynchronize() {
  Device::get().synchronize();
  return cudaSuccess;
}

cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t function,
                               void *argument) {
  Device::get().resolve(stream).push([=] { function(argument); });
  return cudaSuccess;
}
