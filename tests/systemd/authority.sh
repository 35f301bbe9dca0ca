# shellcheck shell=bash
# A certificate authority for a machine of machine.sh: Pebble, in the machine's network, so that it
# comes to the machine's ports 80 and 443. To be sourced after machine.sh.
#
#   authority_prepare [MEMBERS]
#                            makes its certificates; $AUTHORITY/ca.pem is what docent is to trust
#   authority_start          starts it at https://localhost:14000/dir; names it knows: $DOMAIN
#   authority_root           writes the root that signs what it issues to $AUTHORITY/root.pem
#   authority_stop           ends it; the next one knows no account

DOMAIN=docs.example.com
AUTHORITY=
: "${machine_work=}" # of machine.sh
authority_processes=()

authority_prepare() {
    local members=${1:-"\"externalAccountBindingRequired\": false"}
    AUTHORITY="$machine_work/authority"
    mkdir "$AUTHORITY"
    (
        cd "$AUTHORITY" || exit
        exec 2>openssl.log
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
            -subj "/CN=the authority's authority" -keyout ca.key -out ca.pem
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
            -keyout pebble.key -out pebble.csr
        openssl x509 -req -in pebble.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 \
            -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1") -out pebble.pem
    )
    cat >"$AUTHORITY/pebble.json" <<JSON
{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
 "certificate": "$AUTHORITY/pebble.pem", "privateKey": "$AUTHORITY/pebble.key",
 "httpPort": 80, "tlsPort": 443, "ocspResponderURL": "", $members}}
JSON
    echo "127.0.0.1 $DOMAIN" >>"$MACHINE/etc/hosts"
}

authority_start() {
    local bin="$DOCENT_TEST_CACHE/pebble/release/usr/bin"
    (machine_become "$bin/pebble-challtestsrv" -http01 "" -https01 "" -tlsalpn01 "" \
        -dns01 127.0.0.1:8053 -management 127.0.0.1:8055 -defaultIPv6 "") \
        >"$AUTHORITY/dns.log" 2>&1 &
    authority_processes+=($!)
    (machine_become env PEBBLE_VA_NOSLEEP=1 PEBBLE_AUTHZREUSE=0 PEBBLE_WFE_NONCEREJECT=0 \
        "$bin/pebble" -config "$AUTHORITY/pebble.json" -dnsserver 127.0.0.1:8053) \
        >"$AUTHORITY/pebble.log" 2>&1 &
    authority_processes+=($!)
    within 20 authority_root || {
        tail "$AUTHORITY/pebble.log" "$AUTHORITY/dns.log" >&2
        return 1
    }
}

authority_root() {
    machine_net curl --silent --fail --max-time 2 --cacert "$AUTHORITY/ca.pem" \
        https://localhost:15000/roots/0 --output "$AUTHORITY/root.pem"
}

authority_stop() {
    [ ${#authority_processes[@]} -gt 0 ] || return 0
    kill "${authority_processes[@]}" 2>/dev/null || true
    wait "${authority_processes[@]}" 2>/dev/null || true
    authority_processes=()
}

# within SECONDS COMMAND...: tries until it succeeds.
within() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        read -rt 0.05 <><(:) || true
    done
}
