# The targets `check-format` (fails where clang-format would change a C++ file)
# and `format` (changes it). Version 22 only: others disagree on details.
find_program(MOE_CLANG_FORMAT NAMES clang-format-22 clang-format
             HINTS ${LLVM_TOOLS_BINARY_DIR})
if(MOE_CLANG_FORMAT)
  file(GLOB_RECURSE moe_cpp_files CONFIGURE_DEPENDS
       ${PROJECT_SOURCE_DIR}/include/*.h ${PROJECT_SOURCE_DIR}/lib/*.cpp
       ${PROJECT_SOURCE_DIR}/lib/*.h ${PROJECT_SOURCE_DIR}/tools/*.cpp
       ${PROJECT_SOURCE_DIR}/test/Unit/*.cpp ${PROJECT_SOURCE_DIR}/test/Unit/*.h
       ${PROJECT_SOURCE_DIR}/benchmarks/*.cpp ${PROJECT_SOURCE_DIR}/examples/*.cpp)
  add_custom_target(check-format
    COMMAND ${MOE_CLANG_FORMAT} --dry-run --Werror ${moe_cpp_files} VERBATIM)
  add_custom_target(format
    COMMAND ${MOE_CLANG_FORMAT} -i ${moe_cpp_files} VERBATIM)
endif()
