# What `cmake --install` lays out; the tree runs from any prefix, as the program finds its plugins and
# scripts relative to itself.

install(DIRECTORY core/include/goalmill DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY scripts/ DESTINATION ${CMAKE_INSTALL_DATADIR}/goalmill/scripts
        FILES_MATCHING PATTERN "*.lua" PATTERN "*_test.lua" EXCLUDE)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}
        FILES_MATCHING PATTERN "*.md" PATTERN "*.json" PATTERN "*.png")
install(DIRECTORY examples/quickstart DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples
        PATTERN out EXCLUDE PATTERN state EXCLUDE)
install(FILES README.md LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The man page comes from the table of commands that --help prints.
set(man_page "${PROJECT_BINARY_DIR}/goalmill.1")
add_custom_command(OUTPUT "${man_page}"
    COMMAND goalmill help man > "${man_page}"
    DEPENDS goalmill VERBATIM)
add_custom_target(man_page ALL DEPENDS "${man_page}")
install(FILES "${man_page}" DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

# In the build tree the program looks for scripts beside itself.
add_custom_target(build_tree_scripts
    COMMAND ${CMAKE_COMMAND} -E create_symlink "${PROJECT_SOURCE_DIR}/scripts" "${PROJECT_BINARY_DIR}/scripts"
    VERBATIM)
add_dependencies(goalmill build_tree_scripts)
