//===- main.cpp - The deployment plan compiler ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Driver/Moec.h"

int main(int argc, char **argv) { return mlir::moe::runMoec(argc, argv); }
