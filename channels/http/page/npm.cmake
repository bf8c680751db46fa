# npm ci in DIR unless node_modules was made from this very lock; STAMP is touched at the end.
file(MAKE_DIRECTORY ${DIR}/node_modules)
file(LOCK ${DIR}/.npm-lock GUARD PROCESS TIMEOUT 300)
set(made_from ${DIR}/node_modules/.made-from)
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${DIR}/package-lock.json ${made_from}
  RESULT_VARIABLE differs OUTPUT_QUIET ERROR_QUIET)
if(differs)
  execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
    WORKING_DIRECTORY ${DIR} RESULT_VARIABLE failed OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(failed)
    message(FATAL_ERROR "npm ci in ${DIR} failed (${failed}); is npm installed and its registry reachable?\n${out}")
  endif()
  file(COPY_FILE ${DIR}/package-lock.json ${made_from})
endif()
get_filename_component(stamp_dir ${STAMP} DIRECTORY)
file(MAKE_DIRECTORY ${stamp_dir})
file(TOUCH ${STAMP})
