# moe_embed_templates(<output.cpp> <root> <files>...)
#
# Writes one C++ file that holds the text of the files (paths relative to
# <root>), so that binaries carry their templates. No Python needed: this same
# file is the script that the build runs.

#
# moe_embed_text(<output.cpp> <file> <function> <header>)
#
# Writes a C++ file that defines `llvm::StringRef mlir::moe::<function>()`, the
# text of one file; <header> declares it.

if(CMAKE_SCRIPT_MODE_FILE AND TEXT_FUNCTION)
  file(READ "${FILES}" content)
  get_filename_component(name "${FILES}" NAME)
  file(WRITE "${OUTPUT}"
    "// Generated from ${name} by cmake/MoEEmbed.cmake.\n"
    "#include \"${HEADER}\"\n\n"
    "llvm::StringRef mlir::moe::${TEXT_FUNCTION}() {\n"
    "  return R\"moe_text(${content})moe_text\";\n}\n")
  return()
elseif(CMAKE_SCRIPT_MODE_FILE)
  string(REPLACE "," ";" files "${FILES}")
  set(text "// Generated from ${ROOT_NAME}/ by cmake/MoEEmbed.cmake.\n")
  string(APPEND text "#include \"moe/Emit/Render.h\"\n\n")
  string(APPEND text "static constexpr mlir::moe::EmbeddedTemplate table[] = {\n")
  foreach(file IN LISTS files)
    file(READ "${ROOT}/${file}" content)
    string(APPEND text "{\"${file}\", R\"moe_text(${content})moe_text\"},\n")
  endforeach()
  string(APPEND text "};\n\n"
    "llvm::ArrayRef<mlir::moe::EmbeddedTemplate> mlir::moe::embeddedTemplates() {\n"
    "  return table;\n}\n")
  file(WRITE "${OUTPUT}" "${text}")
  return()
endif()

set(MOE_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")

function(moe_embed_templates output root)
  set(inputs)
  foreach(file IN LISTS ARGN)
    list(APPEND inputs "${root}/${file}")
  endforeach()
  string(REPLACE ";" "," files "${ARGN}")
  get_filename_component(root_name "${root}" NAME)
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DFILES=${files}" "-DROOT=${root}"
            "-DROOT_NAME=${root_name}" "-DOUTPUT=${output}" -P "${MOE_EMBED_SCRIPT}"
    DEPENDS ${inputs} "${MOE_EMBED_SCRIPT}"
    COMMENT "Embedding ${root_name}/" VERBATIM)
endfunction()

function(moe_embed_text output file function header)
  get_filename_component(name "${file}" NAME)
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DFILES=${file}" "-DTEXT_FUNCTION=${function}"
            "-DHEADER=${header}" "-DOUTPUT=${output}" -P "${MOE_EMBED_SCRIPT}"
    DEPENDS "${file}" "${MOE_EMBED_SCRIPT}"
    COMMENT "Embedding ${name}" VERBATIM)
endfunction()
