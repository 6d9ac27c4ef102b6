//===- MoEBase.td - The moe dialect ------------------------*- tablegen -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_MOEBASE_TD
#define MOE_IR_MOEBASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"

def MoE_Dialect : Dialect {
  let name = "moe";
  let cppNamespace = "::mlir::moe";
  let summary = "Deployment plans of mixture-of-experts models";
  let description = [{
    The dialect has three levels.

    A *plan* (`moe.plan`) holds what its author wants and claims. A wrong plan
    is representable: the verifiers of plan operations reject only what makes
    the text meaningless (an unknown symbol, a size below 1, a malformed
    quantity). Everything arithmetic is a finding of `--verify-balance`, which
    shows all of them in one run. The attributes of plan operations carry the
    names of the plan file's keys, so a reader of one can read the other.

    The *sharded* level says what every pipeline stage computes and
    communicates: one function per stage over one `shard.grid`, with per-rank
    shapes, the collectives of the upstream `shard` dialect, and `moe.dispatch`
    and `moe.combine` for the exchange of tokens.

    The *launch* level (`moe.launch`) is the table from which files are printed
    without further decisions: hosts, communicators, stages, expert slots.

    Below the plan level every rule is an invariant that a verifier enforces.
  }];
  let dependentDialects = ["::mlir::shard::ShardDialect"];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let extraClassDeclaration = [{
    /// Answers an unknown word inside a plan or launch, be it an operation or a
    /// misspelt clause of the one before it, with the nearest known one.
    std::optional<ParseOpHook>
    getParseOperationHook(::llvm::StringRef opName) const override;

  private:
    void registerAttributesAndTypes();
    void registerOperations();
    /// Attaches CollectiveOpInterface to the operations of `shard`.
    void registerCollectives();
  }];
}

class MoE_Op<string mnemonic, list<Trait> traits = []>
    : Op<MoE_Dialect, mnemonic, traits>;

/// A named declaration.
class MoE_DeclOp<string mnemonic, list<Trait> traits = []>
    : MoE_Op<mnemonic, !listconcat([Symbol], traits)>;

/// An operation whose body is a list of `moe` operations, printed without the
/// dialect prefix.
class MoE_BodyOp<string mnemonic, list<Trait> traits = []>
    : MoE_Op<mnemonic, !listconcat(traits, [
        NoRegionArguments, NoTerminator, OpAsmOpInterface, SingleBlock])> {
  let regions = (region SizedRegion<1>:$body);
  code defaultDialect = [{
    /// Children print as `mesh`, not `moe.mesh`.
    static ::llvm::StringRef getDefaultDialect() { return "moe"; }
  }];
  let extraClassDeclaration = defaultDialect;
}

/// A named MoE_BodyOp that is a symbol table of its own.
class MoE_ContainerOp<string mnemonic, list<Trait> traits = []>
    : MoE_BodyOp<mnemonic, !listconcat(traits, [
        IsolatedFromAbove, Symbol, SymbolTable])>;

class MoE_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<MoE_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

def MoE_PositiveI64 : ConfinedAttr<I64Attr, [IntPositive]>;
def MoE_NonNegativeI64 : ConfinedAttr<I64Attr, [IntNonNegative]>;

#endif // MOE_IR_MOEBASE_TD
