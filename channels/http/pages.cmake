# The front end, built and embedded (ui.md §3). CMake functions are visible in every directory configured after this one,
# so each face registers its own pages in its own CMakeLists.txt and daemon/CMakeLists.txt embeds them:
#
#   fd_page(widget.js ENTRY main.ts FORMAT iife TARGET es2019 PATH /widget.js EMBEDDABLE)
#   fd_page(desk.js   ENTRY main.tsx FORMAT esm TARGET es2020 PATH /desk/desk.js)
#   fd_page(desk.css  ENTRY desk.css CSS TARGET chrome108,firefox115,safari16.4 PATH /desk/desk.css)
#   fd_page_html(/desk/index.html index.html)
#   fd_embed_pages(frontdeskd)
#
# fd_page(NAME ENTRY file [FORMAT iife|esm] TARGET t [CSS] [PATH /p] [EMBEDDABLE] [TEXT_CSS file…] [SET set])
#   NAME        unique in the set; `{{v:NAME}}` in an HTML page becomes its hash; target `page_NAME` builds it alone
#   ENTRY       relative to the calling directory, else to the root of the source
#   PATH        address; default /NAME
#   CSS         the entry is a style sheet
#   EMBEDDABLE  foreign pages load it: served with cross-origin headers
#   TYPE        without charset; text, JSON and XML get charset=utf-8
#   TEXT_CSS    style sheets minified first and imported as text: `import css from "widget.css"` (bare name)
#   SET         pages of one program; default "daemon" (tests make sets of their own)
# fd_page_html(/path file [EMBEDDABLE] [SET set])   a static page; substituted when the pages of the set are known
# fd_page_file(/path file TYPE type [EMBEDDABLE] [SET set])   any other static file (an icon, a sound)
# fd_embed_pages(target [SET set])   links the table; pages registered after the first call are an error
#
# Results lie in ${CMAKE_BINARY_DIR}/pages/SET/{raw,gz,br,hash}/PATH; raw is a folder that `frontdeskd --pages` can serve.

find_program(ESBUILD esbuild REQUIRED)
find_program(NPM npm REQUIRED)
find_program(GZIP_PROGRAM gzip REQUIRED)
find_program(BROTLI brotli REQUIRED)
set(FD_PAGE_DIR ${CMAKE_CURRENT_LIST_DIR} CACHE INTERNAL "where the steps of the front end's build are")

# `npm ci` only when the lock changed. Several build folders share one source: the step takes a file lock.
set(FD_NPM_STAMP ${CMAKE_BINARY_DIR}/pages/npm.stamp CACHE INTERNAL "")
add_custom_command(OUTPUT ${FD_NPM_STAMP}
  COMMAND ${CMAKE_COMMAND} -D NPM=${NPM} -D DIR=${FD_PAGE_DIR}/browser -D STAMP=${FD_NPM_STAMP}
    -P ${FD_PAGE_DIR}/page/npm.cmake
  DEPENDS ${FD_PAGE_DIR}/browser/package-lock.json ${FD_PAGE_DIR}/browser/package.json ${FD_PAGE_DIR}/page/npm.cmake
  COMMENT "npm ci" VERBATIM)
add_custom_target(page_npm DEPENDS ${FD_NPM_STAMP})

function(fd_page_source out file)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    set(${out} ${CMAKE_CURRENT_SOURCE_DIR}/${file} PARENT_SCOPE)
  elseif(EXISTS ${CMAKE_SOURCE_DIR}/${file})
    set(${out} ${CMAKE_SOURCE_DIR}/${file} PARENT_SCOPE)
  else()
    message(FATAL_ERROR "page source ${file} is neither in ${CMAKE_CURRENT_SOURCE_DIR} nor in the root")
  endif()
endfunction()

# One record a page: PATH|NAME|TYPE|EMBEDDABLE|TARGET
function(fd_page_register set path name type embeddable target)
  get_property(frozen GLOBAL PROPERTY FD_PAGES_FROZEN_${set})
  if(frozen)
    message(FATAL_ERROR "page ${name}: set '${set}' is embedded already; register it before fd_embed_pages")
  endif()
  set_property(GLOBAL APPEND PROPERTY FD_PAGES_${set} "${path}|${name}|${type}|${embeddable}|${target}")
endfunction()

# Compresses, hashes; shared by the three kinds. The step is a script with everything it needs as -D.
function(fd_page_step set path name)
  cmake_parse_arguments(S "" "KIND;SOURCE;FORMAT;TARGET" "DEPENDS;TEXT_CSS" ${ARGN})
  set(root ${CMAKE_BINARY_DIR}/pages/${set})
  string(REPLACE ";" "," css "${S_TEXT_CSS}")
  add_custom_command(
    OUTPUT ${root}/hash${path}
    BYPRODUCTS ${root}/raw${path} ${root}/gz${path} ${root}/br${path}
    COMMAND ${CMAKE_COMMAND} -D KIND=${S_KIND} -D SOURCE=${S_SOURCE} -D FORMAT=${S_FORMAT} -D TARGET=${S_TARGET}
      -D TEXT_CSS=${css} -D ROOT=${root} -D PAGE=${path} -D NAME=${name} -D NODE_PATH=${FD_PAGE_DIR}/browser/node_modules
      -D BINARY_DIR=${CMAKE_BINARY_DIR} -D ESBUILD=${ESBUILD} -D GZIP=${GZIP_PROGRAM} -D BROTLI=${BROTLI}
      -P ${FD_PAGE_DIR}/page/build.cmake
    DEPENDS ${S_SOURCE} ${S_TEXT_CSS} ${S_DEPENDS} ${FD_PAGE_DIR}/page/build.cmake
    DEPFILE ${root}/dep${path}.d
    COMMENT "page ${path}" VERBATIM)
endfunction()

function(fd_page name)
  cmake_parse_arguments(P "CSS;EMBEDDABLE" "ENTRY;FORMAT;TARGET;PATH;SET" "TEXT_CSS" ${ARGN})
  if(NOT P_SET)
    set(P_SET daemon)
  endif()
  if(NOT P_PATH)
    set(P_PATH /${name})
  endif()
  fd_page_source(source ${P_ENTRY})
  set(texts "")
  foreach(css IN LISTS P_TEXT_CSS)
    fd_page_source(text ${css})
    list(APPEND texts ${text})
  endforeach()
  if(P_CSS)
    set(kind css)
    set(type text/css)
  else()
    set(kind script)
    set(type text/javascript)
  endif()
  fd_page_step(${P_SET} ${P_PATH} ${name} KIND ${kind} SOURCE ${source} FORMAT "${P_FORMAT}" TARGET ${P_TARGET}
    TEXT_CSS ${texts} DEPENDS ${FD_NPM_STAMP} page_npm)
  set(target page_${name})
  if(NOT P_SET STREQUAL "daemon")
    set(target page_${P_SET}_${name})
  endif()
  add_custom_target(${target} DEPENDS ${CMAKE_BINARY_DIR}/pages/${P_SET}/hash${P_PATH})
  fd_page_register(${P_SET} ${P_PATH} ${name} "${type}" ${P_EMBEDDABLE} ${target})
endfunction()

function(fd_page_html path file)
  cmake_parse_arguments(P "EMBEDDABLE" "SET" "" ${ARGN})
  if(NOT P_SET)
    set(P_SET daemon)
  endif()
  fd_page_source(source ${file})
  fd_page_register(${P_SET} ${path} "html:${source}" text/html ${P_EMBEDDABLE} "")
endfunction()

function(fd_page_file path file)
  cmake_parse_arguments(P "EMBEDDABLE" "SET;TYPE" "" ${ARGN})
  if(NOT P_SET)
    set(P_SET daemon)
  endif()
  fd_page_source(source ${file})
  fd_page_register(${P_SET} ${path} "file:${source}" "${P_TYPE}" ${P_EMBEDDABLE} "")
endfunction()

# The object library of a set: HTML steps (every hash is known now), then the table and pages.S from all of them.
function(fd_page_library library set)
  set(root ${CMAKE_BINARY_DIR}/pages/${set})
  get_property(records GLOBAL PROPERTY FD_PAGES_${set})
  set_property(GLOBAL PROPERTY FD_PAGES_FROZEN_${set} ON)
  set(names "")
  set(hashes "")
  set(targets "")
  foreach(record IN LISTS records)
    string(REPLACE "|" ";" field "${record}")
    list(GET field 0 path)
    list(GET field 1 name)
    list(GET field 4 target)
    if(target)
      list(APPEND hashes ${root}/hash${path})
      list(APPEND targets ${target})
      string(APPEND names "${name} ${path}\n")
    endif()
  endforeach()
  file(GENERATE OUTPUT ${root}/names CONTENT "${names}")
  set(all ${hashes})
  set(table "")
  foreach(record IN LISTS records)
    string(REPLACE "|" ";" field "${record}")
    list(GET field 0 path)
    list(GET field 1 name)
    list(GET field 2 type)
    list(GET field 3 embeddable)
    string(APPEND table "${path}|${type}|${embeddable}\n")
    if(name MATCHES "^(html|file):(.*)$")
      fd_page_step(${set} ${path} "" KIND ${CMAKE_MATCH_1} SOURCE ${CMAKE_MATCH_2}
        DEPENDS ${hashes} ${root}/names ${targets})
      list(APPEND all ${root}/hash${path})
    endif()
  endforeach()
  file(GENERATE OUTPUT ${root}/table CONTENT "${table}")
  add_custom_command(OUTPUT ${root}/pages.S ${root}/pages_table.cpp
    COMMAND ${CMAKE_COMMAND} -D ROOT=${root} -P ${FD_PAGE_DIR}/page/table.cmake
    DEPENDS ${all} ${root}/table ${targets} ${FD_PAGE_DIR}/page/table.cmake
    COMMENT "pages of ${set}" VERBATIM)
  add_library(${library} OBJECT ${root}/pages.S ${root}/pages_table.cpp)
  target_link_libraries(${library} PRIVATE fd_flags)
  set_source_files_properties(${root}/pages.S PROPERTIES OBJECT_DEPENDS "${all}")
endfunction()

function(fd_embed_pages target)
  cmake_parse_arguments(P "" "SET" "" ${ARGN})
  if(NOT P_SET)
    set(P_SET daemon)
  endif()
  if(NOT TARGET fd_pages_${P_SET})
    fd_page_library(fd_pages_${P_SET} ${P_SET})
  endif()
  target_link_libraries(${target} PRIVATE fd_pages_${P_SET})
endfunction()
