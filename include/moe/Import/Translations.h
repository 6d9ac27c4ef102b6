//===- Translations.h - Plan files in moe-translate ----------- -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IMPORT_TRANSLATIONS_H
#define MOE_IMPORT_TRANSLATIONS_H

namespace mlir::moe {

/// Registers `--import-plan`, `--export-plan` and `--import-hf-config`.
void registerImportTranslations();

} // namespace mlir::moe

#endif // MOE_IMPORT_TRANSLATIONS_H
