//===- main.cpp - moe-translate -------------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// moe-translate: plan files and model configurations to MLIR and back, launches
// to the files of a bundle.
//
//===----------------------------------------------------------------------===//

#include "moe/Emit/ReadLaunch.h"
#include "moe/Import/Translations.h"

#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"

int main(int argc, char **argv) {
  mlir::moe::registerEmitTranslations();
  mlir::moe::registerImportTranslations();
  return mlir::failed(mlir::mlirTranslateMain(
      argc, argv, "Mixture-of-Experts plan translation\n"));
}
