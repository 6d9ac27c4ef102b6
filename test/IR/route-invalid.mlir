// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Routings that cannot be of these tokens.

func.func @route_1(%x: tensor<512x7168xbf16>, %y: tensor<512xbf16>) {
  // expected-error @below {{'moe.route' op expected one row of '!moe.routing<511 x 8>' per token of 'tensor<512x7168xbf16>' [route-1]}}
  %0 = moe.route %x : tensor<512x7168xbf16> -> !moe.routing<511 x 8>
  return
}

// -----

func.func @route_1(%x: tensor<512x7168xbf16>, %y: tensor<512xbf16>) {
  // expected-error @below {{'moe.route' op expected one row of '!moe.routing<512 x 8>' per token of 'tensor<512xbf16>' [route-1]}}
  %0 = moe.route %y : tensor<512xbf16> -> !moe.routing<512 x 8>
  return
}

// -----

func.func @route_1(%x: tensor<512x7168xbf16>, %y: tensor<512xbf16>) {
  // expected-error @below {{'moe.route' op chooses 8 of 4 experts [route-1]}}
  %0 = moe.route %x experts 4 : tensor<512x7168xbf16> -> !moe.routing<512 x 8>
  return
}

// -----

func.func @route_1(%x: tensor<512x7168xbf16>, %y: tensor<512xbf16>) {
  // expected-error @below {{'moe.route' op attribute 'experts' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  %0 = moe.route %x experts 0 : tensor<512x7168xbf16> -> !moe.routing<512 x 8>
  return
}

// -----

// expected-error @below {{expected a number of tokens of at least 0, found -5}}
func.func private @negative(!moe.routing<-5 x 8>)

// -----

// expected-error @below {{expected at least 1 expert per token, found 0}}
func.func private @none(!moe.routing<5 x 0>)

// -----

// expected-error @below {{expected a number or '?'}}
func.func private @sentinel(!moe.routing<-9223372036854775808 x 8>)

// -----

// expected-error @below {{expected 'x'}}
func.func private @glued(!moe.routing<5>)
