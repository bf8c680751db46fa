# The agents' desk and the supervisors' wall: one script, one sheet, one page at two addresses.
fd_page(desk.js ENTRY daemon/desk/pages/main.tsx FORMAT esm TARGET es2020 PATH /desk/desk.js)
fd_page(en.js ENTRY daemon/desk/pages/words.en.ts FORMAT esm TARGET es2020 PATH /desk/en.js)
fd_page(desk.css ENTRY daemon/desk/pages/desk.css CSS TARGET chrome108,firefox115,safari16.4 PATH /desk/desk.css)
fd_page_html(/desk/index.html daemon/desk/pages/index.html)
fd_page_file(/desk/old.js daemon/desk/pages/old.js TYPE text/javascript)
foreach(icon icon icon-dot icon-ring)
  fd_page_file(/desk/${icon}.svg daemon/desk/pages/${icon}.svg TYPE image/svg+xml)
endforeach()
