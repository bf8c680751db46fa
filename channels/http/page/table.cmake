# ROOT/table → pages.S (the bytes) and pages_table.cpp (fd::http::pages()).
file(STRINGS ${ROOT}/table rows)
set(assembly ".section .rodata\n")
set(declarations "")
set(entries "")
set(index 0)
foreach(row IN LISTS rows)
  string(REGEX MATCH "^([^|]*)[|]([^|]*)[|]([^|]*)$" matched "${row}")
  set(path ${CMAKE_MATCH_1})
  set(type ${CMAKE_MATCH_2})
  string(TOLOWER ${CMAKE_MATCH_3} embeddable)
  if(type MATCHES "^text/|json$|xml$")
    string(APPEND type "; charset=utf-8")
  endif()
  file(READ ${ROOT}/hash${path} hash)
  foreach(coding raw gz br)
    set(symbol fd_page_${index}_${coding})
    # The hash in the comment makes this file differ when the bytes do.
    string(APPEND assembly "# ${path} ${hash}\n.global ${symbol}\n.global ${symbol}_end\n${symbol}:\n"
      ".incbin \"${ROOT}/${coding}${path}\"\n${symbol}_end:\n.byte 0\n")
    string(APPEND declarations "extern const char ${symbol}[], ${symbol}_end[];\n")
  endforeach()
  set(views "")
  foreach(coding raw gz br)
    set(symbol fd_page_${index}_${coding})
    string(APPEND views ", view(${symbol}, ${symbol}_end)")
  endforeach()
  string(APPEND entries "    Page{\"${path}\", \"${type}\", \"${hash}\"${views}, ${embeddable}},\n")
  math(EXPR index "${index} + 1")
endforeach()
string(APPEND assembly ".section .note.GNU-stack,\"\",@progbits\n")
file(WRITE ${ROOT}/pages.S "${assembly}")
file(WRITE ${ROOT}/pages_table.cpp "// Made by channels/http/page/table.cmake.
#include <array>

#include \"channels/http/pages.hpp\"

extern \"C\" {
${declarations}}

namespace fd::http {
namespace {

std::string_view view(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

}  // namespace

std::span<const Page> pages() noexcept {
  static const std::array<Page, ${index}> table{
${entries}  };
  return table;
}

}  // namespace fd::http
")
