//===- wrong_ids.h - Unique ids that no bundle gives ---------- -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled into the nccl_start.cpp of a bundle: MOE_WRONG_IDS says what is
// wrong.
//
//===----------------------------------------------------------------------===//

#include <algorithm>
#include <cstdlib>
#include <nccl.h>
#include <string>
#include <vector>

inline void spoil(std::vector<ncclUniqueId> &ids, int rank) {
  const char *given = std::getenv("MOE_WRONG_IDS");
  const std::string fault = given ? given : "";
  if (fault == "order")
    std::reverse(ids.begin(), ids.end());
  if (fault == "count" && rank == 5)
    ids.pop_back();
  if (fault == "id" && rank == 5)
    ++ids.back().internal[NCCL_UNIQUE_ID_BYTES - 1];
}
