# moe_doc(<page> <td file under include/moe> <generator> [options...])
#
# Generates BUILD/docs/<page>.md with mlir-tblgen. The target `moe-doc` builds
# all pages, `update-docs` copies them to docs/reference, `check-docs` fails
# where docs/reference is not what the .td files say.
set(MOE_REFERENCE_DIR ${PROJECT_SOURCE_DIR}/docs/reference)
add_custom_target(moe-doc)
add_custom_target(update-docs)
add_custom_target(check-docs)

function(moe_doc page td generator)
  set(LLVM_TARGET_DEFINITIONS ${PROJECT_SOURCE_DIR}/include/moe/${td})
  tablegen(MLIR ${page}.md ${generator} ${ARGN}
           "-I${MLIR_INCLUDE_DIRS}" "-I${PROJECT_SOURCE_DIR}/include")
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${page}.md)
  add_custom_target(moe-doc-${page} DEPENDS ${generated})
  add_dependencies(moe-doc moe-doc-${page})
  add_custom_target(update-doc-${page}
    COMMAND ${CMAKE_COMMAND} -E copy ${generated} ${MOE_REFERENCE_DIR}/${page}.md
    DEPENDS ${generated} VERBATIM)
  add_dependencies(update-docs update-doc-${page})
  add_custom_target(check-doc-${page}
    COMMAND diff -u ${MOE_REFERENCE_DIR}/${page}.md ${generated}
            || (echo "docs/reference/${page}.md is out of date, 'ninja update-docs' renews it" && false)
    DEPENDS ${generated} VERBATIM)
  add_dependencies(check-docs check-doc-${page})
endfunction()
