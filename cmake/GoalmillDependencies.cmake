# Third parties, all from the distribution. Each is linked by one core folder only
# (docs/architecture.md has the table); the names below are what that folder links.

find_package(PkgConfig REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(LUA REQUIRED IMPORTED_TARGET lua5.4)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)

# iniparser ships no pkg-config file on Debian 12.
find_path(INIPARSER_INCLUDE iniparser.h PATH_SUFFIXES iniparser)
find_library(INIPARSER_LIBRARY iniparser)
if(NOT INIPARSER_INCLUDE OR NOT INIPARSER_LIBRARY)
    message(FATAL_ERROR "iniparser is missing: install libiniparser-dev")
endif()
add_library(goalmill_iniparser INTERFACE)
target_include_directories(goalmill_iniparser SYSTEM INTERFACE ${INIPARSER_INCLUDE})
target_link_libraries(goalmill_iniparser INTERFACE ${INIPARSER_LIBRARY})
