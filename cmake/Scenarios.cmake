# Each scenario file is one CTest entry; the runner starts the real binary on an empty database and free ports.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
file(GLOB scenarios CONFIGURE_DEPENDS tests/scenarios/*.scenario tests/scenarios/*_scenario.py)
foreach(scenario ${scenarios})
  get_filename_component(name ${scenario} NAME_WE)
  string(REGEX REPLACE "_scenario$" "" name ${name})
  add_test(NAME scenario_${name}
           COMMAND ${PROJECT_SOURCE_DIR}/tests/scenarios/run $<TARGET_FILE:stagecoach> ${scenario})
  set_tests_properties(scenario_${name} PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77)
endforeach()
