# Puts storage/migrations/*.sql into the program: k_migrations of storage/migrations.h, in the order of their names.
file(GLOB migrations CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/storage/migrations/*.sql)
list(SORT migrations)
set(entries "")
foreach(file ${migrations})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  get_filename_component(name ${file} NAME_WE)
  string(REGEX MATCH "^[0-9]+" number ${name})
  math(EXPR number "${number}")
  file(READ ${file} sql)
  string(APPEND entries "    {${number}, \"${name}\", R\"migration(${sql})migration\"},\n")
endforeach()
file(WRITE ${PROJECT_BINARY_DIR}/generated/migrations_list.cc.new
     "#include \"storage/migrations.h\"\n\nnamespace stagecoach::storage {\n\nconst std::vector<Migration>& migrations() {\n  static const std::vector<Migration> k_migrations = {\n${entries}  };\n  return k_migrations;\n}\n\n}  // namespace stagecoach::storage\n")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different
  ${PROJECT_BINARY_DIR}/generated/migrations_list.cc.new ${PROJECT_BINARY_DIR}/generated/migrations_list.cc)
target_sources(stagecoach_storage PRIVATE ${PROJECT_BINARY_DIR}/generated/migrations_list.cc)
