# stagecoach_layer(<folder> [PCH headers…] [LINK libraries…]): one static library a folder; a new .cc is found
# by itself. Which layer may include what is tests/layers_test.cc.
set(STAGECOACH_PCH <algorithm> <chrono> <cstdint> <functional> <map> <memory> <optional> <string> <string_view>
                   <unordered_map> <utility> <variant> <vector>)

function(stagecoach_layer name)
  cmake_parse_arguments(LAYER "" "" "PCH;LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${name}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/actors/main\\.cc$")
  if(NOT sources)
    add_library(stagecoach_${name} INTERFACE)
    target_include_directories(stagecoach_${name} INTERFACE ${PROJECT_SOURCE_DIR})
    return()
  endif()
  add_library(stagecoach_${name} STATIC ${sources})
  target_include_directories(stagecoach_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(stagecoach_${name} PUBLIC ${LAYER_LINK})
  list(TRANSFORM LAYER_PCH PREPEND "<" OUTPUT_VARIABLE pch)
  list(TRANSFORM pch APPEND ">")
  target_precompile_headers(stagecoach_${name} PRIVATE ${STAGECOACH_PCH} ${pch})
endfunction()
