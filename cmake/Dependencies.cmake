# Everything comes from Debian 12 (see the file debian-packages).
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
# Lua built as C++: its errors unwind our frames instead of jumping over their destructors.
pkg_check_modules(LUA REQUIRED IMPORTED_TARGET lua5.4-c++)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-uc icu-i18n)
if(NOT STAGECOACH_PURE_ONLY AND NOT STAGECOACH_FUZZ)
  find_package(PostgreSQL REQUIRED)
  find_library(UNBOUND_LIBRARY unbound REQUIRED)  # its pkg-config file asks for a libevent that nobody needs
  pkg_check_modules(ARCHIVE REQUIRED IMPORTED_TARGET libarchive)
  pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
  pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
  find_library(CRYPT_LIBRARY crypt REQUIRED)  # passwords in the forms of other systems
  # Debian's libcaf-dev has neither a CMake configuration nor a pkg-config file.
  foreach(part core io)
    find_library(CAF_${part}_LIBRARY caf_${part} REQUIRED)
    add_library(caf::${part} UNKNOWN IMPORTED)
    set_target_properties(caf::${part} PROPERTIES IMPORTED_LOCATION ${CAF_${part}_LIBRARY})
  endforeach()
  set_property(TARGET caf::core PROPERTY INTERFACE_LINK_LIBRARIES Threads::Threads)
  set_property(TARGET caf::io PROPERTY INTERFACE_LINK_LIBRARIES caf::core)
endif()
