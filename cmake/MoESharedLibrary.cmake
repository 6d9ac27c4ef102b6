# moe_add_shared_library()
#
# libMoE.so: the dialect, the passes and the translations, on top of libMLIR.so.
# The tools, users' plugins and MoEPlugin.so all link this one library, so that
# a process holds one set of TypeIDs however many of them it loads.
function(moe_add_shared_library)
  get_property(components GLOBAL PROPERTY MOE_LIBRARIES)
  add_library(MoE SHARED)
  target_link_libraries(MoE PRIVATE ${components} PUBLIC MLIR LLVM)
  target_link_options(MoE PRIVATE LINKER:-z,defs)
  target_compile_definitions(MoE INTERFACE NDEBUG)
  target_include_directories(MoE INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set_target_properties(MoE PROPERTIES
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
  install(TARGETS MoE EXPORT MoETargets
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()
