# `check-format` fails where clang-format would change a C++ file, `format`
# changes it. `check-tidy` runs clang-tidy over the sources (minutes). Version 22
# only: others disagree on details.
file(GLOB_RECURSE moe_cpp_files CONFIGURE_DEPENDS
     ${PROJECT_SOURCE_DIR}/include/*.h ${PROJECT_SOURCE_DIR}/lib/*.cpp
     ${PROJECT_SOURCE_DIR}/lib/*.h ${PROJECT_SOURCE_DIR}/tools/*.cpp
     ${PROJECT_SOURCE_DIR}/test/Unit/*.cpp ${PROJECT_SOURCE_DIR}/test/Unit/*.h
     ${PROJECT_SOURCE_DIR}/benchmarks/*.cpp ${PROJECT_SOURCE_DIR}/examples/*.cpp)

find_program(MOE_CLANG_FORMAT NAMES clang-format-22 clang-format
             HINTS ${LLVM_TOOLS_BINARY_DIR})
if(MOE_CLANG_FORMAT)
  add_custom_target(check-format
    COMMAND ${MOE_CLANG_FORMAT} --dry-run --Werror ${moe_cpp_files} VERBATIM)
  add_custom_target(format
    COMMAND ${MOE_CLANG_FORMAT} -i ${moe_cpp_files} VERBATIM)
endif()

find_program(MOE_CLANG_TIDY NAMES clang-tidy-22 clang-tidy HINTS ${LLVM_TOOLS_BINARY_DIR})
if(MOE_CLANG_TIDY)
  set(moe_tidy_files ${moe_cpp_files})
  list(FILTER moe_tidy_files INCLUDE REGEX "^${PROJECT_SOURCE_DIR}/(lib|tools)/.*\\.cpp$")
  add_custom_target(check-tidy
    COMMAND ${MOE_CLANG_TIDY} -p ${PROJECT_BINARY_DIR} --quiet --warnings-as-errors=*
            ${moe_tidy_files}
    VERBATIM USES_TERMINAL)
  add_dependencies(check-tidy MoEIncGen)
endif()
