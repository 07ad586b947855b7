# One target per folder. A folder's headers are reachable as "folder/x.hpp" only by targets that depend on it:
# every target gets an include root of its own (a link in the build tree), so a forbidden include does not compile.
#
#   syncwell_target(NAME            include prefix and target name, e.g. model
#     SOURCES  a.cpp …              every .cpp of the folder that is no test
#     TESTS    a_test.cpp …         every *_test.cpp of the folder
#     PROGRAM  main.cpp             what the folder's own add_executable() takes
#     DEPENDS  base …               folders it may include
#     LIBRARIES fmt::fmt …          what its headers expose
#     PRIVATE_LIBRARIES …           what only its sources use
#     TEST_DEPENDS / TEST_LIBRARIES what only its tests use)
function(syncwell_target name)
  cmake_parse_arguments(arg "" "" "SOURCES;PROGRAM;TESTS;DEPENDS;LIBRARIES;PRIVATE_LIBRARIES;TEST_DEPENDS;TEST_LIBRARIES" ${ARGN})
  string(REPLACE "/" "_" target "syncwell_${name}")

  # A source or test that is not registered would silently not be built: refuse.
  file(GLOB present RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS *.cpp)
  foreach(file IN LISTS present)
    if(NOT file IN_LIST arg_SOURCES AND NOT file IN_LIST arg_TESTS AND NOT file IN_LIST arg_PROGRAM)
      message(FATAL_ERROR "${CMAKE_CURRENT_SOURCE_DIR}/${file} is not registered in its CMakeLists.txt")
    endif()
  endforeach()

  set(root ${CMAKE_BINARY_DIR}/include/${target})
  get_filename_component(parent ${root}/${name} DIRECTORY)
  file(MAKE_DIRECTORY ${parent})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${root}/${name} SYMBOLIC)

  list(TRANSFORM arg_DEPENDS REPLACE "/" "_")
  list(TRANSFORM arg_DEPENDS PREPEND syncwell_)
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE ${arg_PRIVATE_LIBRARIES})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} ${root})
  target_link_libraries(${target} ${scope} ${arg_DEPENDS} ${arg_LIBRARIES})

  if(SYNCWELL_TESTS AND arg_TESTS)
    list(TRANSFORM arg_TEST_DEPENDS REPLACE "/" "_")
    list(TRANSFORM arg_TEST_DEPENDS PREPEND syncwell_)
    add_executable(${target}_test ${arg_TESTS})
    target_link_libraries(${target}_test PRIVATE ${target} ${arg_TEST_DEPENDS} ${arg_TEST_LIBRARIES} ${arg_PRIVATE_LIBRARIES} GTest::gmock GTest::gtest_main rapidcheck rapidcheck_gtest)
    target_compile_definitions(${target}_test PRIVATE SYNCWELL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    include(GoogleTest)
    gtest_discover_tests(${target}_test DISCOVERY_MODE PRE_TEST TEST_PREFIX "${name}/" PROPERTIES TIMEOUT 300)
  endif()
endfunction()
