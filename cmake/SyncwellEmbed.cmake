# Compiles text files into a target's library (tools/embed.py).
#
#   syncwell_embed(TARGET           that of the folder, syncwell_support
#     NAMESPACE syncwell::support   where the constant lives
#     NAME built_in_templates       std::span<const EmbeddedFile>; declared `extern const` in a header by its user
#     ROOT ${CMAKE_SOURCE_DIR}/templates
#     FILES en/initial.txt …)       below ROOT; their paths are the entries' paths
function(syncwell_embed target)
  cmake_parse_arguments(arg "" "NAMESPACE;NAME;ROOT" "FILES" ${ARGN})
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  set(folder ${CMAKE_BINARY_DIR}/generated/${target})
  set(output ${folder}/${arg_NAME}.cpp)
  file(MAKE_DIRECTORY ${folder})
  set(inputs ${arg_FILES})
  list(TRANSFORM inputs PREPEND ${arg_ROOT}/)
  add_custom_command(OUTPUT ${output}
    COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/embed.py ${output} ${arg_NAMESPACE} ${arg_NAME} ${arg_ROOT} ${arg_FILES}
    DEPENDS ${CMAKE_SOURCE_DIR}/tools/embed.py ${inputs} VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
