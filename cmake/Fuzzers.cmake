# One fuzzer a parser: tests/fuzz/<name>_fuzz.cc. ./test runs each for a short fixed time on tests/fuzz/corpus/<name>.
file(GLOB fuzzers CONFIGURE_DEPENDS tests/fuzz/*_fuzz.cc)
foreach(fuzzer ${fuzzers})
  get_filename_component(name ${fuzzer} NAME_WE)
  add_executable(${name} ${fuzzer})
  target_link_libraries(${name} PRIVATE stagecoach_protocols stagecoach_conf stagecoach_routing)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endforeach()
