# moe_library(<name> <sources>... [DEPENDS <tablegen targets>...])
#
# An object library of one component. It names no MLIR in its link interface,
# so the same objects serve two kinds of binary: `moec`, which links MLIR's
# static archives, and libMoE.so, which links libMLIR.so. Mixing the two in one
# binary links silently and breaks later.
define_property(GLOBAL PROPERTY MOE_LIBRARIES BRIEF_DOCS "All moe_library targets"
                FULL_DOCS "All moe_library targets")

function(moe_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  add_library(${name} OBJECT ${ARG_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  add_dependencies(${name} MoEIncGen ${ARG_DEPENDS})
  set_property(GLOBAL APPEND PROPERTY MOE_LIBRARIES ${name})
endfunction()
