# Unit tests: one program a layer, from tests/<layer>/**/*_test.cc. Scenarios run the real binary.
find_package(GTest REQUIRED)
include(GoogleTest)

# Only the files that read the tree know where it is: a path in every command would keep clones from sharing a cache.
set_property(SOURCE tests/conf/reference_test.cc tests/features_test.cc tests/layers_test.cc
             PROPERTY COMPILE_DEFINITIONS STAGECOACH_SOURCE_DIR="${PROJECT_SOURCE_DIR}")

function(stagecoach_unit_tests name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS tests/${name}/*_test.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_test ${sources})
  target_link_libraries(${name}_test PRIVATE ${ARGN} GTest::gmock GTest::gtest_main)
  target_precompile_headers(${name}_test PRIVATE <gtest/gtest.h> <string> <vector> <memory>)
  # One CTest entry a suite: a process start for each of thousands of table rows would cost more than the tests.
  add_test(NAME unit_${name} COMMAND ${name}_test)
  set_tests_properties(unit_${name} PROPERTIES TIMEOUT 600)
endfunction()

stagecoach_unit_tests(routing stagecoach_routing)
stagecoach_unit_tests(protocols stagecoach_protocols)
stagecoach_unit_tests(conf stagecoach_conf)
if(NOT STAGECOACH_PURE_ONLY)
  stagecoach_unit_tests(storage stagecoach_storage)
  stagecoach_unit_tests(actors stagecoach_actors)
  include(cmake/Scenarios.cmake)
endif()

# The tests of the tree itself: layers, feature list, formats.
file(GLOB tree_tests CONFIGURE_DEPENDS tests/*_test.cc)
if(tree_tests)
  add_executable(tree_test ${tree_tests})
  target_link_libraries(tree_test PRIVATE GTest::gtest_main)
  add_test(NAME tree COMMAND tree_test)
endif()

# Not part of the tests: figures for docs/explanation/performance.md (ninja routing_bench).
add_executable(routing_bench EXCLUDE_FROM_ALL tests/bench/routing_bench.cc)
target_link_libraries(routing_bench PRIVATE stagecoach_routing)
