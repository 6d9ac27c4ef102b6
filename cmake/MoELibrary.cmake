# moe_library(<name> <sources>... [MOEC_ONLY] [DEPENDS <targets>...])
#
# An object library of one component. It names no MLIR in its link interface,
# so the same objects serve two kinds of binary: `moec`, which links MLIR's
# static archives, and libMoE.so, which links libMLIR.so. Mixing the two in one
# binary links silently and breaks later.
#
# MOEC_ONLY keeps the component out of libMoE.so: the commands of `moec` are no
# business of a compiler pass.
define_property(GLOBAL PROPERTY MOE_LIBRARIES
                BRIEF_DOCS "Components of libMoE.so and moec"
                FULL_DOCS "Every moe_library target but the MOEC_ONLY ones")
define_property(GLOBAL PROPERTY MOE_MOEC_LIBRARIES
                BRIEF_DOCS "Components of moec alone"
                FULL_DOCS "The moe_library targets marked MOEC_ONLY")

function(moe_library name)
  cmake_parse_arguments(ARG "MOEC_ONLY" "" "DEPENDS" ${ARGN})
  add_library(${name} OBJECT ${ARG_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  # moec keeps only the sections it reaches.
  target_compile_options(${name} PRIVATE -ffunction-sections -fdata-sections)
  add_dependencies(${name} MoEIncGen ${ARG_DEPENDS})
  if(ARG_MOEC_ONLY)
    set_property(GLOBAL APPEND PROPERTY MOE_MOEC_LIBRARIES ${name})
  else()
    set_property(GLOBAL APPEND PROPERTY MOE_LIBRARIES ${name})
  endif()
endfunction()
