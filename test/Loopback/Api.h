//===- Api.h - What the functions of the loopback share ------- -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The handle that a user holds, and what all functions do when they are called.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_LOOPBACK_API_H
#define MOE_TEST_LOOPBACK_API_H

#include "Communicator.h"
#include <memory>

struct ncclComm {
  std::shared_ptr<moe::loopback::Communicator> shared;
  std::string lastError; ///< keeps the text of ncclGetLastError
};

namespace moe::loopback {

/// Returns `result`; `text` is what ncclGetLastError then says.
ncclResult_t refuse(ncclResult_t result, const std::string &text);

/// Ends or stops the process where MOE_LOOPBACK_FAULT names this place.
void comeTo(const std::string &place);

} // namespace moe::loopback

#endif // MOE_TEST_LOOPBACK_API_H
