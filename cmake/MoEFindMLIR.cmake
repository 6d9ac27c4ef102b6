# Finds MLIR (LLVM 22) and nlohmann_json and sets the flags every target needs.

list(APPEND CMAKE_PREFIX_PATH /usr/lib/llvm-22)
find_package(MLIR REQUIRED CONFIG)
# `find_package(MLIR 22)` cannot be used: MLIR's version file wants an exact
# major.minor match.
if(LLVM_VERSION_MAJOR LESS 22)
  message(FATAL_ERROR
    "moe-opt needs LLVM/MLIR 22 or newer, found ${LLVM_PACKAGE_VERSION} in "
    "${MLIR_DIR}; install libmlir-22-dev mlir-22-tools llvm-22-dev "
    "(utils/setup.sh does) or pass -DMLIR_DIR=.../lib/cmake/mlir")
endif()
message(STATUS "MLIR ${LLVM_PACKAGE_VERSION} in ${MLIR_DIR}")

list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)
find_package(nlohmann_json 3.10 REQUIRED)

include_directories(${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include)
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
separate_arguments(llvm_definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
add_definitions(${llvm_definitions})
# Always: llvm::Statistic has another layout without it, also in sanitizer builds.
add_compile_definitions(NDEBUG)

add_compile_options(-Wall -Wextra -Wno-unused-parameter
                    -fvisibility-inlines-hidden)
if(MOE_WARNINGS_AS_ERRORS)
  add_compile_options(-Werror)
endif()
add_link_options(LINKER:--as-needed)

find_program(MOE_LLD NAMES ld.lld HINTS ${LLVM_TOOLS_BINARY_DIR} NO_DEFAULT_PATH)
if(MOE_LLD)
  add_link_options(-fuse-ld=lld -B${LLVM_TOOLS_BINARY_DIR})
endif()
find_program(MOE_CCACHE ccache)
if(MOE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${MOE_CCACHE})
endif()
# libMLIR.so is not on the loader's path.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

# The python that Debian's modules belong to; another one may come first on PATH.
find_program(MOE_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(MOE_PYTHON NAMES python3)
