# gm_layer(NAME sources… [LINK libraries…]): one static library a core folder. A folder links
# only folders of lower rank, so that an include against the ranks does not even build.
function(gm_layer name)
    cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
    add_library(goalmill_${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
    target_include_directories(goalmill_${name} PUBLIC
        "${PROJECT_SOURCE_DIR}/core" "${PROJECT_SOURCE_DIR}/core/include")
    target_link_libraries(goalmill_${name} PRIVATE goalmill_flags PUBLIC ${ARG_LINK})
endfunction()

# gm_add_metric(NAME sources…): one plugin module that sees the public headers only.
function(gm_add_metric name)
    add_library(metric_${name} MODULE ${ARGN})
    target_include_directories(metric_${name} PRIVATE "${PROJECT_SOURCE_DIR}/core/include")
    target_link_libraries(metric_${name} PRIVATE goalmill_flags m)
    target_compile_options(metric_${name} PRIVATE -fvisibility=hidden)
    target_link_options(metric_${name} PRIVATE
        "-Wl,--version-script=${PROJECT_SOURCE_DIR}/plugins/exports.map")
    if(NOT (GOALMILL_SANITIZE AND CMAKE_C_COMPILER_ID MATCHES "Clang"))
        target_link_options(metric_${name} PRIVATE -Wl,-z,defs)
    endif()
    set_target_properties(metric_${name} PROPERTIES
        PREFIX "" OUTPUT_NAME ${name}
        LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/plugins")
    install(TARGETS metric_${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/goalmill/plugins)
endfunction()

# gm_unit_test(FOLDER FILE libraries…): tests/unit/FOLDER/test_FILE.c as ctest unit.FOLDER.FILE.
function(gm_unit_test folder file)
    set(target test_${folder}_${file})
    add_executable(${target} "${PROJECT_SOURCE_DIR}/tests/unit/${folder}/test_${file}.c")
    target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests/unit")
    target_link_libraries(${target} PRIVATE goalmill_flags ${ARGN} cmocka)
    target_compile_definitions(${target} PRIVATE
        GM_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data"
        GM_TEST_RULES="${PROJECT_SOURCE_DIR}/scripts/rules"
        GM_TEST_PLUGINS="${PROJECT_BINARY_DIR}/plugins")
    add_test(NAME unit.${folder}.${file} COMMAND ${target})
    set_tests_properties(unit.${folder}.${file} PROPERTIES TIMEOUT 120)
endfunction()
