# What a user's own project needs: headers, .td files, the generated headers,
# MoEConfig.cmake, and the files under share/ that the tools and users read.
# The binaries and libMoE.so install themselves where they are defined.
include(CMakePackageConfigHelpers)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/moe DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "Driver" EXCLUDE)
install(DIRECTORY ${PROJECT_BINARY_DIR}/include/moe DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.inc" PATTERN "CMakeFiles" EXCLUDE)
foreach(folder templates examples)
  if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/${folder})
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder} DESTINATION ${CMAKE_INSTALL_DATADIR}/moe)
  endif()
endforeach()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/share/ DESTINATION ${CMAKE_INSTALL_DATADIR}/moe)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

if(MOE_BUILD_MLIR_TOOLS)
  set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/MoE)
  install(EXPORT MoETargets NAMESPACE MoE:: DESTINATION ${config_dir})
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/MoEConfig.cmake.in
    ${PROJECT_BINARY_DIR}/MoEConfig.cmake INSTALL_DESTINATION ${config_dir}
    PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_DATADIR CMAKE_INSTALL_BINDIR)
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/MoEConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/MoEConfig.cmake
                ${PROJECT_BINARY_DIR}/MoEConfigVersion.cmake
          DESTINATION ${config_dir})
endif()
