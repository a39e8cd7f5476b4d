# What a preset may switch, and the flags that all our targets share (target goalmill_flags).

option(GOALMILL_TESTS "Build the tests" ON)
option(GOALMILL_WERROR "Warnings are errors" OFF)
set(GOALMILL_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")
option(GOALMILL_COVERAGE "Instrument for gcov" OFF)
option(GOALMILL_FUZZ "Build libFuzzer programs (clang)" OFF)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(goalmill_flags INTERFACE)
target_compile_definitions(goalmill_flags INTERFACE _GNU_SOURCE)
target_compile_options(goalmill_flags INTERFACE
    # The same bytes on every machine: no fused multiply-add behind our back.
    -ffp-contract=off
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-qual -Wcast-align
    -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wformat=2 -Wundef -Wvla
    -Wdouble-promotion -Wfloat-equal -Wwrite-strings -Wpointer-arith -Wimplicit-fallthrough
    -Wnull-dereference -Wswitch-enum)
if(GOALMILL_WERROR)
    target_compile_options(goalmill_flags INTERFACE -Werror)
endif()
if(GOALMILL_SANITIZE)
    target_compile_options(goalmill_flags INTERFACE
        -fsanitize=${GOALMILL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(goalmill_flags INTERFACE -fsanitize=${GOALMILL_SANITIZE})
    # Arenas hand out single blocks then, so that the sanitizer sees each of them.
    target_compile_definitions(goalmill_flags INTERFACE GM_ARENA_DEBUG)
endif()
if(GOALMILL_FUZZ)
    target_compile_options(goalmill_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(GOALMILL_COVERAGE)
    target_compile_options(goalmill_flags INTERFACE --coverage)
    target_link_options(goalmill_flags INTERFACE --coverage)
endif()
