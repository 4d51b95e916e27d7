# What up.sh and its parts share: waiting, doing a thing once. Sourced; `dir` is set.
die() { echo "tests/real/openstack: $*" >&2; exit 1; }
wait_for() { # name seconds command...
  local name=$1 deadline=$((SECONDS + $2)); shift 2
  until "$@" >/dev/null 2>&1; do
    alive "$name" || die "$name ended; see $dir/log/$name.log"
    [ $SECONDS -lt $deadline ] || die "$name does not answer; see $dir/log/$name.log"
    sleep .2
  done
}
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
serves() { curl -fsS --noproxy '*' -o /dev/null --max-time 20 "$1"; }
once() { # name command...   remembered in DIR/state
  local name=$1; shift
  [ -e "$dir/state/$name.done" ] && return 0
  "$@" >"$dir/log/$name.log" 2>&1 && touch "$dir/state/$name.done"
}
