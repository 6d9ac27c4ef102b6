//===- LoadGenerator.cpp - Skewed loads without a recording ---------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Balance/LoadGenerator.h"
#include "Random.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/SHA256.h"
#include <cmath>

using namespace mlir::moe;
using Kind = LoadRecipe::Kind;

static constexpr double pi = 3.14159265358979323846;

namespace {
struct Parameter {
  llvm::StringLiteral name;
  double least, most;
  bool whole = false;
};
struct Family {
  llvm::StringLiteral name;
  Kind kind;
  std::vector<Parameter> parameters;
};

/// Random numbers of other distributions.
class Draws : public Random {
public:
  using Random::Random;

  double normal();
  double gamma(double shape);
  void shuffle(std::vector<double> &values) {
    for (size_t i = values.size() - 1; i > 0; --i)
      std::swap(values[i], values[below(i + 1)]);
  }

private:
  std::optional<double> spare;
};

/// Draws the layers of one recipe.
class Generator {
public:
  Generator(const LoadRecipe &recipe, size_t experts, uint64_t seed)
      : recipe(recipe), experts(experts), random(seed) {}

  std::vector<int64_t> draw(int64_t tokens);

private:
  double parameter(size_t index) const { return recipe.parameters[index]; }
  std::vector<double> shares();
  std::vector<double> zipf();
  std::vector<double> grouped();
  std::vector<double> oneHot();
  std::vector<int64_t> sample();

  const LoadRecipe &recipe;
  size_t experts;
  Draws random;
};
} // namespace

static const std::vector<Family> &families() {
  static const std::vector<Family> table = {
      {"zipf", Kind::Zipf, {{"exponent", 0, 20}}},
      {"lognormal", Kind::Lognormal, {{"deviation", 0, 20}}},
      {"dirichlet", Kind::Dirichlet, {{"concentration", 0.01, 1e6}}},
      {"grouped",
       Kind::Grouped,
       {{"deviation of groups", 0, 20},
        {"deviation of experts", 0, 20},
        {"number of groups", 1, 1e6, true}}},
      {"sample",
       Kind::Sample,
       {{"exponent", 0, 20}, {"number of tokens", 1, 1e9, true}}},
      {"onehot", Kind::OneHot, {{"part", 0, 1}}},
      {"uniform", Kind::Uniform, {}},
  };
  return table;
}

/// `7` for 7.0, `0.01` for 0.01.
static std::string shortNumber(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  return llvm::StringRef(text).rtrim('.').str();
}

static std::optional<double> readParameter(const Parameter &parameter,
                                           llvm::StringRef text,
                                           std::string &error) {
  double value = 0;
  bool sound = !text.getAsDouble(value) && value >= parameter.least &&
               value <= parameter.most &&
               (!parameter.whole || value == std::floor(value));
  if (sound)
    return value;
  error = "expected a " + std::string(parameter.whole ? "whole " : "") +
          "number from " + shortNumber(parameter.least) + " to " +
          shortNumber(parameter.most) + " as the " + parameter.name.str() +
          ", found " + quoted(text);
  return std::nullopt;
}

std::optional<LoadRecipe> LoadRecipe::parse(llvm::StringRef text,
                                            std::string &error) {
  llvm::SmallVector<llvm::StringRef> fields;
  text.split(fields, ':');
  auto family = llvm::find_if(families(), [&](const Family &candidate) {
    return candidate.name == fields.front();
  });
  if (family == families().end()) {
    llvm::SmallVector<llvm::StringRef> names;
    for (const Family &candidate : families())
      names.push_back(candidate.name);
    error = "unknown kind of load " + quoted(fields.front()) + ", expected " +
            oneOf(names) + didYouMean(fields.front(), names);
    return std::nullopt;
  }
  if (fields.size() != family->parameters.size() + 1) {
    error = quoted(family->name) + " takes " +
            counted(int64_t(family->parameters.size()), "parameter") +
            " behind colons, found " + std::to_string(fields.size() - 1) +
            " in " + quoted(text);
    return std::nullopt;
  }
  LoadRecipe recipe{family->kind, {}, text.str()};
  for (auto [parameter, field] :
       llvm::zip(family->parameters, llvm::drop_begin(fields))) {
    std::optional<double> value = readParameter(parameter, field, error);
    if (!value)
      return std::nullopt;
    recipe.parameters.push_back(*value);
  }
  return recipe;
}

/// Box and Muller's method.
double Draws::normal() {
  if (spare) {
    double value = *spare;
    spare.reset();
    return value;
  }
  double radius = std::sqrt(-2 * std::log(uniform()));
  double angle = 2 * pi * uniform();
  spare = radius * std::sin(angle);
  return radius * std::cos(angle);
}

/// Marsaglia and Tsang, ACM Transactions on Mathematical Software 26, 2000.
double Draws::gamma(double shape) {
  if (shape < 1) {
    double larger = gamma(shape + 1);
    return larger * std::pow(uniform(), 1 / shape);
  }
  double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    double x = normal(), v = std::pow(1 + c * x, 3);
    if (v > 0 &&
        std::log(uniform()) < 0.5 * x * x + d - d * v + d * std::log(v))
      return d * v;
  }
}

std::vector<double> Generator::zipf() {
  std::vector<double> shares(experts);
  for (size_t i = 0; i < experts; ++i)
    shares[i] = std::pow(double(i + 1), -parameter(0));
  random.shuffle(shares);
  return shares;
}

std::vector<double> Generator::grouped() {
  auto groups = size_t(parameter(2));
  std::vector<double> ofGroup(groups), shares(experts);
  for (double &factor : ofGroup)
    factor = std::exp(parameter(0) * random.normal());
  for (size_t i = 0; i < experts; ++i)
    shares[i] = ofGroup[i * groups / experts] *
                std::exp(parameter(1) * random.normal());
  return shares;
}

std::vector<double> Generator::oneHot() {
  std::vector<double> shares(experts);
  for (double &share : shares)
    share = (1 - parameter(0)) / double(experts - 1) *
            std::exp(0.3 * random.normal());
  shares[random.below(experts)] = parameter(0);
  return shares;
}

std::vector<int64_t> Generator::sample() {
  std::vector<double> upTo = zipf();
  double total = 0;
  for (double &share : upTo)
    share = total += share;
  std::vector<int64_t> tokens(experts);
  for (auto left = int64_t(parameter(1)); left > 0; --left) {
    size_t expert =
        llvm::upper_bound(upTo, random.uniform() * total) - upTo.begin();
    ++tokens[std::min(expert, experts - 1)];
  }
  return tokens;
}

std::vector<double> Generator::shares() {
  std::vector<double> shares(experts, 1.0);
  switch (recipe.kind) {
  case Kind::Zipf:
    return zipf();
  case Kind::Grouped:
    return grouped();
  case Kind::OneHot:
    return oneHot();
  case Kind::Lognormal:
    for (double &share : shares)
      share = std::exp(parameter(0) * random.normal());
    return shares;
  case Kind::Dirichlet:
    for (double &share : shares)
      share = random.gamma(parameter(0));
    return shares;
  case Kind::Sample:
  case Kind::Uniform:
    break;
  }
  return shares;
}

std::vector<int64_t> Generator::draw(int64_t tokens) {
  if (recipe.kind == Kind::Sample)
    return sample();
  std::vector<double> parts = shares();
  double sum = 0;
  for (double part : parts)
    sum += part;
  std::vector<int64_t> loads;
  for (double part : parts)
    loads.push_back(int64_t(std::nearbyint(part / sum * double(tokens))));
  return loads;
}

std::vector<std::vector<int64_t>>
mlir::moe::generateLoads(const LoadRecipe &recipe, int64_t layers,
                         int64_t experts, int64_t seed, int64_t tokens) {
  std::string name = "moe-load/v1/" + recipe.text + "/" +
                     std::to_string(layers) + "/" + std::to_string(experts) +
                     "/" + std::to_string(seed);
  std::array<uint8_t, 32> digest = llvm::SHA256::hash(llvm::ArrayRef(
      reinterpret_cast<const uint8_t *>(name.data()), name.size()));
  uint64_t state = 0;
  for (int byte = 7; byte >= 0; --byte)
    state = state << 8 | digest[byte];
  Generator generator(recipe, experts, state);
  std::vector<std::vector<int64_t>> matrix;
  for (int64_t layer = 0; layer < layers; ++layer)
    matrix.push_back(generator.draw(tokens));
  return matrix;
}
