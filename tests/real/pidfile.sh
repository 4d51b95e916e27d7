# Processes by pid file: the pid and its start time, so that a number that a stranger has by now is left alone.
# Sourced; `dir` is set.
started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
alive() { # name
  local pid ticks
  read -r pid ticks 2>/dev/null <"$dir/run/$1.pid" && [ -n "$ticks" ] && [ "$(started "$pid")" = "$ticks" ]
}
start() { # name command...   in a session of its own, so that its workers end with it
  local name=$1; shift
  alive "$name" && return 0
  setsid "$@" >>"$dir/log/$name.log" 2>&1 </dev/null 9>&- &
  echo "$! $(started $!)" >"$dir/run/$name.pid"
}
stop() { # name seconds
  local pid rest
  if alive "$1"; then
    read -r pid rest <"$dir/run/$1.pid"
    kill -TERM -- "-$pid" 2>/dev/null
    for _ in $(seq $(($2 * 10))); do kill -0 -- "-$pid" 2>/dev/null || break; sleep .1; done
    kill -KILL -- "-$pid" 2>/dev/null
  fi
  rm -f "$dir/run/$1.pid"
}
