# moe_link_static_mlir(<target> <MLIR archives>...)
#
# Links MLIR's and LLVM's static archives into <target>, so that it runs where
# no LLVM is installed. Must not be used on a target that also links libMLIR.so.
#
# Debian's MLIR archives name LLVM's shared library in their link interface;
# here it is replaced by the few LLVM archives that MLIR needs. zlib, zstd and
# the C++ run-time library are taken from archives as well, where there are any.
set(MOE_LLVM_ARCHIVES LLVMCore LLVMBitReader LLVMRemarks LLVMSupportLSP LLVMSupport)

function(moe_replace_interface_library target old)
  get_target_property(libraries ${target} INTERFACE_LINK_LIBRARIES)
  if(libraries AND "${old}" IN_LIST libraries)
    list(REMOVE_ITEM libraries ${old})
    list(APPEND libraries ${ARGN})
    set_target_properties(${target} PROPERTIES INTERFACE_LINK_LIBRARIES "${libraries}")
  endif()
endfunction()

function(moe_use_llvm_archives)
  get_property(archives GLOBAL PROPERTY MLIR_ALL_LIBS)
  foreach(archive IN LISTS archives)
    moe_replace_interface_library(${archive} LLVM ${MOE_LLVM_ARCHIVES})
  endforeach()
  find_library(MOE_ZLIB_ARCHIVE libz.a)
  find_library(MOE_ZSTD_ARCHIVE libzstd.a)
  if(MOE_ZLIB_ARCHIVE)
    moe_replace_interface_library(LLVMSupport ZLIB::ZLIB ${MOE_ZLIB_ARCHIVE})
  endif()
  if(MOE_ZSTD_ARCHIVE)
    moe_replace_interface_library(LLVMSupport zstd::libzstd_shared ${MOE_ZSTD_ARCHIVE})
  endif()
  # Only LLVM's SMT wrapper needs Z3, and nothing here uses that.
  get_target_property(libraries LLVMSupport INTERFACE_LINK_LIBRARIES)
  list(FILTER libraries EXCLUDE REGEX "libz3")
  set_target_properties(LLVMSupport PROPERTIES INTERFACE_LINK_LIBRARIES "${libraries}")
endfunction()

moe_use_llvm_archives()

function(moe_link_static_mlir target)
  target_link_libraries(${target} PRIVATE ${ARGN})
  target_link_options(${target} PRIVATE
    LINKER:--gc-sections $<$<CONFIG:Release>:LINKER:--strip-all> -static-libstdc++ -static-libgcc)
endfunction()
