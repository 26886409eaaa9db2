# Runs a PostgreSQL server until standard input ends: when the process that holds the other end of it ends, however
# that happens, the server stops and its folder goes.
#
# Arguments: the folder of the programs (empty: they are in PATH), the port. In the environment: CERTIFICATE and KEY.
# Answers with one line, the folder of the data, when the server takes connections. After that it takes the lines `stop`
# (as a crash would, nothing is written any more) and `start`, and repeats each when it is done.
set -eu
programs=${1:+$1/}
port=$2
umask 077
folder=$(mktemp -d /tmp/private-postgres-XXXXXX)
data=$folder/data
stop() {
    "${programs}pg_ctl" stop --pgdata="$data" --mode=immediate >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
cd "$folder"

initialize() {
    "${programs}initdb" --pgdata="$data" --auth=trust --username=scim --encoding=UTF8 --no-sync "$@" >"$folder/log" 2>&1
}
# an order of text that is not the one of code points, as most servers have it
initialize --locale=C.UTF-8 --locale-provider=icu --icu-locale=en || {
    rm -rf "$data"
    initialize --locale=C.UTF-8
} || {
    rm -rf "$data"
    initialize
} || {
    cat "$folder/log" >&2
    exit 1
}
printf '%s' "$CERTIFICATE" >"$data/server.crt"
printf '%s' "$KEY" >"$data/server.key"
unset CERTIFICATE KEY
cat >>"$data/postgresql.conf" <<END
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
max_connections = 200
ssl = on
END
start() {
    "${programs}pg_ctl" start --wait --pgdata="$data" --log="$folder/log" </dev/null >/dev/null 2>&1
}
start || {
    cat "$folder/log" >&2
    exit 1
}
echo "$data"
while read -r command; do
    case $command in
    stop) "${programs}pg_ctl" stop --pgdata="$data" --mode=immediate >/dev/null 2>&1 ;;
    start) start ;;
    esac
    echo "$command"
done
