# moe_doc(<page> <td file under include/moe> <generator> [options...])
#
# Generates BUILD/docs/reference/<page>.md with mlir-tblgen. The target `moe-doc` builds
# all pages; `update-docs` copies them to docs/reference, where a test compares
# them.
set(MOE_DOCS_DIR ${PROJECT_BINARY_DIR}/docs/reference)
add_custom_target(moe-doc ALL)
add_custom_target(update-docs)

function(moe_doc page td generator)
  set(source ${PROJECT_SOURCE_DIR}/include/moe/${td})
  set(generated ${MOE_DOCS_DIR}/${page}.md)
  set(dependencies ${CMAKE_CURRENT_BINARY_DIR}/${page}.md.d)
  add_custom_command(OUTPUT ${generated}
    COMMAND ${MLIR_TABLEGEN_EXE} ${generator} ${ARGN} ${source} -o ${generated} -d ${dependencies}
            -I${PROJECT_SOURCE_DIR}/include "-I$<JOIN:${MLIR_INCLUDE_DIRS},;-I>"
    DEPENDS ${source} ${MLIR_TABLEGEN_EXE} DEPFILE ${dependencies}
    COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(moe-doc-${page} DEPENDS ${generated})
  add_dependencies(moe-doc moe-doc-${page})
  add_custom_target(update-doc-${page}
    COMMAND ${CMAKE_COMMAND} -E copy ${generated} ${PROJECT_SOURCE_DIR}/docs/reference/${page}.md
    DEPENDS ${generated} VERBATIM)
  add_dependencies(update-docs update-doc-${page})
endfunction()
file(MAKE_DIRECTORY ${MOE_DOCS_DIR})

# moe_generated_page(<page> <path> COMMAND <command>... DEPENDS <targets>...)
#
# A page that a program of the project prints: BUILD/<path>, copied to <path> in
# the source folder by `update-docs`.
function(moe_generated_page page path)
  cmake_parse_arguments(ARG "" "" "COMMAND;DEPENDS" ${ARGN})
  set(generated ${PROJECT_BINARY_DIR}/${path})
  add_custom_command(OUTPUT ${generated}
    COMMAND ${ARG_COMMAND} > ${generated} DEPENDS ${ARG_DEPENDS} VERBATIM)
  add_custom_target(moe-doc-${page} DEPENDS ${generated})
  add_dependencies(moe-doc moe-doc-${page})
  add_custom_target(update-doc-${page}
    COMMAND ${CMAKE_COMMAND} -E copy ${generated} ${PROJECT_SOURCE_DIR}/${path}
    DEPENDS ${generated} VERBATIM)
  add_dependencies(update-docs update-doc-${page})
endfunction()
