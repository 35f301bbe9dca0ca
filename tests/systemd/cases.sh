#!/usr/bin/env bash
# docent under a real systemd, from nothing to a reboot: cases.sh RELEASE GROUP
#
# GROUP is `service` (one machine, all that a service goes through), `offline` (another machine: a
# first start without an authority), `following` (documents that come late, faults that stay, names that are
# added), `hardened` (a machine that allows no namespaces of users) or `start` (for benches/service.sh:
# starts and restarts with the pages of
# PostgreSQL's manual, called by the program $DOCENT_CALLERS). Prints a line a case; stops at the first
# that fails, with what the journal says. Needs a built target/debug/docent (or $DOCENT), and root.
set -Eeuo pipefail
trap 'echo "systemd (${release:-}): line $LINENO did not succeed: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/../.."
# shellcheck source=tests/cache.sh
. tests/cache.sh
# shellcheck source=tests/systemd/machine.sh
. tests/systemd/machine.sh
# shellcheck source=tests/systemd/authority.sh
. tests/systemd/authority.sh

release=$1
docent=${DOCENT:-${CARGO_TARGET_DIR:-target}/debug/docent}
clients=32
# Where the MCP clients are, and a manual that they know.
installed=$(tests/clients/install.sh)
case $(uname -m) in x86_64) arch=x64 ;; *) arch=arm64 ;; esac
calling=
issuer=

main() {
    local users=
    [ "$1" != hardened ] || users=yes
    trap finish EXIT
    # Its limits on namespaces are to be its own.
    machine_start "$release" ${users:+users}
    install_docent
    "group_$1"
    trap - EXIT
    clean
}

# Everything a service goes through, in the order in which it does.
group_service() {
    case_units_are_sound
    case_plain_http_without_a_domain
    case_sockets_that_are_not_docents
    case_a_unix_socket
    case_a_proxy_says_who_is_signed_in
    configure
    authority_prepare_here
    authority_start
    case_from_nothing_to_an_answer
    write_probe
    case_nothing_leads_out
    case_a_second_instance
    case_status_and_journal
    case_reload_refuses_a_bad_configuration
    case_private_by_one_edit_and_one_command
    case_restarts_and_reloads_under_load
    case_renewals_under_load
    case_kills_under_load
    case_the_timer_renews_only_when_due
    case_a_hung_process_is_replaced
    case_idle_exit
    case_a_full_disk
    case_root_outside_systemd
    case_reboot
}

group_offline() {
    # An authority that serves customers alone, and for a short time each.
    local key=zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W
    acme_settings=('eab_kid = "customer-1"' 'eab_hmac_key_file = "/run/credentials/docent-renew.service/eab-hmac-key"')
    configure
    authority_prepare_here "\"externalAccountBindingRequired\": true, \"externalAccountMACKeys\":
        {\"customer-1\": \"$key\"}, \"certificateValidityPeriod\": 40"
    install -m 600 <(echo "$key") "$MACHINE/etc/docent/eab-hmac-key"
    local drop_ins="$MACHINE/etc/systemd/system/docent-renew.service.d"
    install -D -m 644 systemd/examples/external-account.conf "$drop_ins/external-account.conf"
    case_each_failure_is_told_once
    case_first_start_without_an_authority
    case_the_timer_renews_by_itself
}

# Documents that come late, faults that stay, and names that are added.
group_following() {
    write_config ""
    case_documents_under_home
    case_documents_that_are_missing
    case_a_fault_with_a_client
    case_keys_of_an_issuer
    # What the starts so far have set off would look at the certificate before there are sockets.
    machine_run systemctl stop docent-renew-soon.timer docent-renew.timer
    machine_run systemctl stop docent-renew.service
    configure
    authority_prepare_here
    authority_start
    case_a_name_added_by_a_reload
}

group_hardened() {
    case_a_hardened_host
    case_pauses_between_restarts_grow
}

group_start() {
    docs=$DOCENT_TEST_CACHE/corpora/postgresql-doc-15/usr/share/doc/postgresql-doc-15/html
    rm -r "${MACHINE:?}/srv/docs"
    cp -r "$docs" "$MACHINE/srv/docs"
    configure
    authority_prepare_here
    authority_start
    machine_run systemctl enable --quiet --now docent.socket docent.service || fail "docent does not start"
    within 60 status_says days || fail "no certificate: $(status)"
    figure_cold_starts
    figure_waits_at_restarts
}

# --- cases -------------------------------------------------------------------------------------

case_units_are_sound() {
    local said
    said=$(machine_run systemd-analyze verify --man=no docent.service docent-renew.service docent-jwks.service \
        docent.socket docent-http.socket docent-local.socket docent-renew.timer docent-renew-soon.timer \
        docent-jwks.timer docent-jwks.path 2>&1) ||
        fail "systemd-analyze verify: $said"
    [ -z "$said" ] || fail "systemd-analyze verify: $said"
    exposure docent.service 0.3
    exposure docent-renew.service 1.2
    exposure docent-jwks.service 1.2
    passed "units are sound, exposed by $(score docent.service), $(score docent-renew.service) and $(score docent-jwks.service)"
}

case_plain_http_without_a_domain() {
    local before
    write_config ""
    before=$(listening)
    # As an installation leaves it: the loopback socket alone, and nothing runs.
    machine_run systemctl enable --quiet --now docent-local.socket
    search_over http://127.0.0.1:8080/mcp || fail "a connection does not start docent"
    status_says "127.0.0.1:8080" || fail "the status does not name the address: $(status)"
    [ "$(listening)" = "$(printf '%s\n' "$before" 127.0.0.1:8080 | sort | grep .)" ] ||
        fail "an installation that nobody has set up listens on $(listening | xargs)"
    # Whoever then enables the rest has all of it with the next start.
    machine_run systemctl enable --quiet docent.service
    machine_run systemctl restart docent.service || fail "docent does not start with all sockets"
    machine_run systemctl is-active --quiet docent.socket docent-http.socket ||
        fail "a start of the service leaves its sockets closed"
    search_over http://127.0.0.1:8080/mcp || fail "no answer on the plain socket"
    stop_all
    machine_run systemctl disable --quiet docent.service docent{,-http,-local}.socket docent-renew.timer
    [ -z "$(machine_run find /etc/systemd/system -name 'docent*')" ] || fail "disabling leaves links"
    # With no socket at all, it says which to start.
    ! machine_run systemctl start docent.service 2>/dev/null || fail "docent starts without sockets"
    journal_says "start docent.socket and" || fail "it does not say which unit to start"
    machine_run systemctl stop docent.service
    machine_run systemctl reset-failed
    passed "plain HTTP and nothing else where nobody has set it up; without sockets it says what to start"
}

case_sockets_that_are_not_docents() {
    local said
    for said in "FileDescriptorName=strange|strange" \
        "ListenDatagram=127.0.0.1:8080|no stream socket"; do
        drop_in docent-local.socket "[Socket]" "ListenStream=" "ListenStream=127.0.0.1:8080" \
            "$([[ $said == Listen* ]] && echo "ListenStream=")" "${said%|*}"
        machine_run systemctl start docent-local.socket
        ! machine_run systemctl start docent.service 2>/dev/null || fail "docent takes ${said%|*}"
        journal_says "${said#*|}" || fail "no word of ${said%|*}"
        journal_says "systemctl cat docent" || fail "no word of the unit"
        stop_all
        machine_run systemctl reset-failed
        undrop docent-local.socket
    done
    passed "sockets that are not docent's are refused, with the unit to look at"
}

case_a_unix_socket() {
    # As docent-local.socket says it itself.
    mapfile -t lines < <(sed -n 's/^#   //p' systemd/docent-local.socket | sed 's/www-data/docent/')
    drop_in docent-local.socket "${lines[@]}"
    machine_run systemctl start docent-local.socket docent.service || fail "$(journal_tail)"
    status_says "/run/docent.sock" || fail "the status does not name the socket: $(status)"
    machine_run curl --silent --fail --max-time 20 --unix-socket /run/docent.sock "${call[@]}" \
        http://localhost/mcp | grep -q heckpoint || fail "no answer on a unix socket"
    [ "$(machine_run stat --format '%G %a' /run/docent.sock)" = "docent 660" ] || fail "its socket is open to others"
    stop_all
    undrop docent-local.socket
    # Meant for another process: somebody put a shell in between.
    drop_in docent.service "[Service]" "ExecPaths=/usr/bin" "ExecStart=" \
        "ExecStart=/bin/sh -c '/usr/bin/docent serve; exit \$\$?'"
    machine_run systemctl start docent-local.socket
    ! machine_run systemctl start docent.service 2>/dev/null || fail "docent takes the sockets of another process"
    journal_says "the sockets that were passed are for process" || fail "no word of LISTEN_PID: $(journal_tail)"
    journal_says "without a shell or another program in between" || fail "no word of what to do"
    stop_all
    undrop docent.service
    machine_run systemctl reset-failed
    passed "a unix socket answers; sockets for another process are refused, with the reason"
}

# At a unix socket that everybody may connect to: the kernel says whose process does, if the unit lets it.
case_a_proxy_says_who_is_signed_in() {
    local drop_ins="$MACHINE/etc/systemd/system/docent.service.d" said way
    drop_in docent-local.socket "[Socket]" "ListenStream=" "ListenStream=/run/docent.sock" "SocketMode=0666"
    write_config ""
    printf '%s\n' '[[audience]]' 'name = "staff"' 'docs = ["all"]' 'groups = ["staff"]' '[identity_headers]' \
        'user = "X-Forwarded-User"' 'groups = "X-Forwarded-Groups"' 'peers = ["www-data"]' >>"$MACHINE/etc/docent/docent.toml"
    machine_run systemctl start docent-local.socket docent.service || fail "docent does not start: $(journal_tail)"
    signed_in www-data 401 || fail "as the unit is shipped, everybody at the socket is nobody, and is answered $answer"
    journal_says "cannot be told from others here" || fail "the journal does not say so: $(journal_tail)"
    said=$(machine_run docent doctor --format json) || true
    [[ $said == *peers-hidden*proxy-peers.conf* ]] || fail "docent doctor says: $said"
    for way in shipped identity; do
        mkdir -p "$drop_ins"
        cp systemd/examples/proxy-peers.conf "$drop_ins/proxy-peers.conf"
        # systemd 252 knows no such way, and takes the setting for none.
        [ "$way" = shipped ] || {
            [ "$release" != bookworm ] || continue
            sed -i 's/^PrivateUsers=no/PrivateUsers=identity/' "$drop_ins/proxy-peers.conf"
        }
        machine_run systemctl daemon-reload
        machine_run systemctl restart docent.service || fail "docent does not start ($way): $(journal_tail)"
        signed_in www-data 200 || fail "the proxy's user is answered $answer ($way): $(journal_tail)"
        signed_in games 401 || fail "another user is answered $answer ($way)"
        said=$(machine_run docent doctor --format json) || true
        [[ $said != *peers-hidden* ]] || fail "docent doctor says: $said"
        [ "$way" != identity ] || exposure docent.service 0.3
    done
    undrop docent.service
    stop_all
    undrop docent-local.socket
    machine_run systemctl reset-failed
    passed "a proxy is known at a unix socket by its user, and nobody else is, once the unit lets the kernel say so"
}

# Whether somebody who says that he is of the staff is answered so, from a user of this name; sets `answer`.
signed_in() { # signed_in USER STATUS
    answer=$(machine_run setpriv --reuid="$1" --regid="$1" --clear-groups curl --silent --max-time 20 --output /dev/null \
        --write-out '%{http_code}' --unix-socket /run/docent.sock --header 'X-Forwarded-User: ann' \
        --header 'X-Forwarded-Groups: staff' http://localhost/llms.txt) || answer=nothing
    [ "$answer" = "$2" ]
}

case_documents_under_home() {
    local said
    mkdir -p "$MACHINE/home/alice"
    cp -r "$MACHINE/srv/docs" "$MACHINE/home/alice/handbook"
    chmod 755 "$MACHINE/home/alice"
    sed -i 's|/srv/docs|/home/alice/handbook|' "$MACHINE/etc/docent/docent.toml"
    machine_run systemctl start docent-local.socket
    machine_run systemctl start docent.service || fail "docent does not wait for its documents"
    status_says "hidden from docent.service" || fail "the status has no word of /home: $(status)"
    journal_says "/home/alice/handbook is below /home, which is hidden from docent.service" ||
        fail "no word of /home: $(journal_tail)"
    journal_says "BindReadOnlyPaths=/home/alice/handbook" || fail "no word of what to do"
    said=$(machine_run docent check 2>&1) || fail "check: $said"
    [[ $said == *"hidden from docent.service"*"BindReadOnlyPaths=/home/alice/handbook"* ]] ||
        fail "check has no word of /home: $said"
    # What it says helps.
    drop_in docent.service "$(grep -v '^#' systemd/examples/home-documents.conf)"
    machine_run systemctl restart docent.service || fail "the example does not help: $(journal_tail)"
    search_over http://127.0.0.1:8080/mcp || fail "no answer from documents under /home"
    said=$(machine_run docent check 2>&1)
    [[ $said != *hidden* ]] || fail "check still warns: $said"
    stop_all
    undrop docent.service
    rm -r "$MACHINE/home/alice"
    write_config ""
    passed "documents under /home: the journal and check say what to do, and it helps"
}

case_documents_that_are_missing() {
    local url=http://127.0.0.1:8080/mcp pid began since took
    write_config ""
    mv "$MACHINE/srv/docs" "$MACHINE/srv/volume"
    drop_in docent.service "[Service]" "WatchdogSec=2s"
    machine_run systemctl start docent-local.socket
    # A connection starts it.
    [ "$(code_of "$url")" = 503 ] || fail "without documents it answers $(code_of "$url")"
    machine_run systemctl is-active --quiet docent.service || fail "it does not wait: $(journal_tail)"
    status_says "waiting for documents: /srv/docs does not exist" || fail "the status says $(status)"
    journal_says "/srv/docs does not exist" || fail "no word of the folder: $(journal_tail)"
    [ "$(code_of http://127.0.0.1:8080/healthz)" = 503 ] || fail "it calls itself healthy"
    pid=$(main_pid)
    # Longer than the watchdog's patience.
    read -rt 6 <><(:) || true
    [ "$(main_pid)" = "$pid" ] || fail "the watchdog bites a docent that waits"
    # A disk that is mounted late, by the host, into the namespace of the unit.
    mkdir "$MACHINE/srv/docs"
    status_says "waiting for documents" || fail "an empty folder is served: $(status)"
    began=$(milliseconds)
    since=$(date +%s.%6N)
    machine_run mount --bind /srv/volume /srv/docs
    within 20 search_over "$url" || fail "a mount that comes late is not seen: $(status)"
    took=$(($(milliseconds) - began))
    [ "$(main_pid)" = "$pid" ] || fail "it was started again"
    # It is served before it is on the disk.
    within 20 journal_says "index up to date" "$since" || fail "the index is not kept: $(journal_tail)"
    # Gone again, the index of the last run is served, also by another start.
    machine_run umount /srv/docs
    rmdir "$MACHINE/srv/docs"
    machine_run systemctl restart docent.service || fail "it does not start from its index: $(journal_tail)"
    search_over "$url" || fail "the index that is there is not served"
    within 10 status_says "/srv/docs does not exist" || fail "the status has no word of it: $(status)"
    machine_run systemctl reload docent.service || fail "a missing folder is called a mistake of the configuration"
    search_over "$url" || fail "a reload ends what is served"
    mv "$MACHINE/srv/volume" "$MACHINE/srv/docs"
    within 10 status_does_not_say "does not exist" || fail "the folder that is back is not seen: $(status)"
    stop_all
    undrop docent.service
    passed "missing documents are waited for with 503, and served $took ms after a late mount; without them, the index is"
}

case_a_fault_with_a_client() {
    local starts clients
    machine_run systemctl start docent-local.socket
    echo 'nonsense = 1' >"$MACHINE/etc/docent/docent.toml.d/bad.toml"
    # Somebody who does not give up.
    (machine_become sh -c 'while :; do curl --silent --max-time 30 --output /dev/null http://127.0.0.1:8080/; done') &
    clients=$!
    read -rt 20 <><(:) || true
    machine_run systemctl is-active --quiet docent-local.socket || fail "its socket is closed: $(journal_tail)"
    starts=$(journal_count "unknown key")
    [ "$starts" -ge 2 ] || fail "it was started $starts times in 20 s"
    [ "$starts" -le 12 ] || fail "it was started $starts times in 20 s"
    rm "$MACHINE/etc/docent/docent.toml.d/bad.toml"
    within 10 search_over http://127.0.0.1:8080/mcp || fail "it does not come back: $(journal_tail)"
    kill "$clients"
    wait "$clients" 2>/dev/null || true
    stop_all
    machine_run systemctl reset-failed
    passed "a fault that stays, and a client: $starts starts in 20 s, an open socket, and an answer when it is mended"
}

case_a_name_added_by_a_reload() {
    local added="added.$DOMAIN" began took said alerts=0 old
    machine_run systemctl enable --quiet --now docent.socket docent.service || fail "docent does not start"
    within 60 search_here || fail "no certificate: $(status)"
    within 20 unit_is inactive docent-renew.service
    old=$(serial)
    sed -i "s/^domain = .*/domains = [\"$DOMAIN\", \"$added\"]/" "$MACHINE/etc/docent/docent.toml"
    began=$(milliseconds)
    machine_run systemctl reload docent.service || fail "the reload fails: $(journal_tail)"
    until said=$(handshake_for "$added") && grep -q "BEGIN CERTIFICATE" <<<"$said"; do
        [ $(($(milliseconds) - began)) -lt 60000 ] || fail "the added name gets no certificate: $(status)"
        # The name that was there before is served all the time.
        [ -n "$(serial)" ] || fail "the name that was there before is not served"
        alerts=$((alerts + 1))
    done
    took=$(($(milliseconds) - began))
    openssl x509 -noout -checkhost "$added" <<<"$said" | grep -q "does match" ||
        fail "the added name was given a certificate for others"
    [ "$(serial)" != "$old" ] || fail "the certificate is the one from before"
    passed "a name that a reload adds is refused until it has a certificate, $took ms later ($alerts handshakes)"
}

case_from_nothing_to_an_answer() {
    local began took said
    # The client is there first: it is docent that is measured.
    coproc client { mcp_client first_answer.mjs; }
    read -rt 30 said <&"${client[0]}" || fail "the MCP client does not start"
    began=$(milliseconds)
    machine_run systemctl enable --quiet --now docent.socket docent.service ||
        fail "docent does not start"
    echo go >&"${client[1]}"
    read -rt 30 said <&"${client[0]}" || said=
    took=$(($(milliseconds) - began))
    [ "$said" = answered ] || fail "an MCP client gets no answer over HTTPS: $said"
    [ "$took" -lt 5000 ] || fail "it took $took ms from systemctl to an answer"
    mcp_client typescript_sdk.mjs mcp || fail "an MCP client is not content"
    machine_run systemctl is-enabled --quiet docent-http.socket docent-local.socket \
        docent-renew.timer || fail "not all units are enabled"
    passed "from systemctl to the answer of an MCP client over verified HTTPS: $took ms"
}

case_nothing_leads_out() {
    local pid key
    pid=$(main_pid)
    machine_run grep -qx 'CapEff:	0000000000000000' "/proc/$pid/status" || fail "it has capabilities"
    machine_run grep -qx 'NoNewPrivs:	1' "/proc/$pid/status" || fail "it may get new privileges"
    machine_run grep -qx 'Seccomp:	2' "/proc/$pid/status" || fail "its system calls are not filtered"
    key=$(machine_run find /var/lib/docent/accounts -type f -name key.pem)
    [ -n "$key" ] || fail "there is no account to hide"
    machine_run test -e "/proc/$pid/root/var/lib/docent/accounts" || fail "accounts are not where they are hidden"
    machine_run test ! -e "/proc/$pid/root$key" || fail "it sees the account key"
    [ "$(machine_run cat "/proc/$pid/net/dev" | grep -c : )" = 1 ] || fail "it has a network interface"
    # What the process may do is tried from beside it, in the same sandbox.
    drop_in docent.service "[Service]" "ExecPaths=/usr/bin" "ExecStartPost=/usr/bin/perl $probe $key"
    machine_run systemctl restart docent.service || fail "$(journal_tail)"
    undrop docent.service
    machine_run systemctl restart docent.service
    passed "from inside, connect, bind and reading the account key fail"
}

case_a_second_instance() {
    local said
    ! said=$(machine_run env HOME=/root docent serve 2>&1) || fail "a second docent starts beside the first"
    [[ $said == *"cannot listen"* ]] || fail "a second docent says: $said"
    search_here || fail "the first docent suffers from the second"
    passed "a second instance is refused: $(head -n 1 <<<"$said")"
}

case_status_and_journal() {
    status_says "https://$DOMAIN/mcp" || fail "the status names no address: $(status)"
    status_says "days" || fail "the status does not tell of the certificate: $(status)"
    search_here
    local line
    line=$(machine_run journalctl --unit=docent.service --output=json --lines=1 DOCENT_TOOL=search)
    local field
    for field in DOCENT_QUERY DOCENT_HITS DOCENT_MICROSECONDS DOCENT_CLIENT; do
        [[ $line == *"\"$field\""* ]] || fail "the journal has no $field: $line"
    done
    [[ $line == *'"PRIORITY":"6"'* ]] || fail "a search has another priority than 6: $line"
    [[ $line == *'"DOCENT_OUTCOME"'*'"DOCENT_PAGES"'* || $line == *'"DOCENT_PAGES"'*'"DOCENT_OUTCOME"'* ]] ||
        fail "the journal does not say what was found: $line"
    # The same searches, counted by docent and by the journal, none of which journald has dropped.
    [ "$(machine_run systemctl show -P LogRateLimitIntervalUSec docent.service)" = 0 ] || fail "journald may drop searches"
    local said counted
    search_here
    counted=$(machine_run journalctl --output=cat _SYSTEMD_UNIT=docent.service DOCENT_TOOL=search | wc -l)
    said=$(machine_run docent insights --since 30d --format json) || fail "docent insights: $said"
    [ "$counted" -gt 1 ] || fail "the journal has no searches"
    [[ $said == *"\"searches\": $counted,"* ]] || fail "docent insights does not find $counted searches: $said"
    said=$(machine_run docent insights)
    [[ $said == *"Most asked"* && $said == *"from the journal of docent.service"* ]] || fail "docent insights says: $said"
    # To monitoring: root sees what the service sees, and whoever may not look is told that.
    local code=0
    said=$(machine_run docent status) || code=$?
    [ "$code" = 0 ] || fail "docent status ends with $code: $said"
    [[ $said == *"seen as the user \`docent\`"*"good: nothing needs attention"* ]] || fail "docent status says: $said"
    said=$(machine_run setpriv --reuid=65534 --regid=65534 --clear-groups docent status 2>&1) && code=0 || code=$?
    [ "$code" = 77 ] || fail "to others, docent status ends with $code: $said"
    [[ $said == *"you may not look there: ask with sudo"* ]] || fail "to others, docent status says: $said"
    [[ $said != *none* ]] || fail "to others, docent status says what it does not know: $said"
    # A key that is root's alone, as certbot leaves it, and a page that is.
    mkdir -m 755 "$MACHINE/etc/docent/own"
    cp "$AUTHORITY/pebble.pem" "$MACHINE/etc/docent/own/chain.pem"
    install -m 600 "$AUTHORITY/pebble.key" "$MACHINE/etc/docent/own/key.pem"
    install -m 600 <(echo "# Plans of root") "$MACHINE/srv/docs/plans.md"
    printf '[server]\ndomain = "localhost"\n[tls]\ncert = "own/chain.pem"\nkey = "own/key.pem"\n[[docs]]\nname = "docs"\npath = "/srv/docs"\n' \
        >"$MACHINE/etc/docent/docent.toml"
    local since
    since=$(date +%s.%6N)
    machine_run systemctl restart docent.service || fail "it does not start without its key: $(journal_tail)"
    status_says "HTTPS is refused, as there is no usable certificate: cannot read /etc/docent/own/key.pem" ||
        fail "the status does not say why HTTPS is refused: $(status)"
    said=$(machine_run docent status) && code=0 || code=$?
    [ "$code" = 2 ] || fail "without its key, docent status ends with $code: $said"
    [[ $said == *"own/key.pem: Permission denied"* ]] || fail "root sees what the service does not: $said"
    said=$(machine_run docent check 2>&1)
    [[ $said == *"not readable"*plans.md* ]] || fail "root's check reads what the service cannot: $said"
    within 10 journal_says 'skipped path=plans.md' "$since" || fail "the journal does not name what is skipped: $(journal_tail)"
    [ -n "$(machine_run journalctl --unit=docent.service --output=cat DOCENT_PATH=plans.md)" ] || fail "no field names it"
    chgrp --reference="$MACHINE/var/lib/docent" "$MACHINE/etc/docent/own/key.pem"
    chmod 640 "$MACHINE/etc/docent/own/key.pem"
    said=$(machine_run docent status) && code=0 || code=$?
    [[ $said == *"certificate  valid until"* ]] || fail "the group of the key does not count: $said"
    within 10 status_says "certificate good for" || fail "the key is not taken up: $(status)"
    rm "$MACHINE/srv/docs/plans.md"
    write_config ""
    machine_run systemctl restart docent.service
    search_here || fail "it does not come back: $(journal_tail)"
    passed "status: $(status)"
}

case_reload_refuses_a_bad_configuration() {
    local since
    since=$(date +%s.%6N)
    echo 'nonsense = 1' >"$MACHINE/etc/docent/docent.toml.d/bad.toml"
    ! machine_run systemctl reload docent.service 2>/dev/null || fail "a bad configuration is taken"
    journal_says nonsense "$since" || fail "the journal does not say what is wrong"
    search_here || fail "the old configuration does not serve on"
    rm "$MACHINE/etc/docent/docent.toml.d/bad.toml"
    machine_run systemctl reload docent.service || fail "a good configuration is refused"
    if [ "$(machine_run systemctl --version | sed -n '1s/systemd \([0-9]*\).*/\1/p')" -ge 253 ]; then
        drop_in docent.service "$(grep -v '^#' systemd/examples/notify-reload.conf)"
        machine_run systemctl restart docent.service
        machine_run systemctl reload docent.service || fail "notify-reload fails: $(journal_tail)"
        undrop docent.service
        machine_run systemctl restart docent.service
    fi
    passed "a bad configuration fails the reload with its reason, and the old one serves on"
}

# From documents that are everybody's to an answer for whoever has a key; nothing is restarted, and no connection ends.
case_private_by_one_edit_and_one_command() {
    local pid key other said began took
    pid=$(main_pid)
    coproc asker { machine_become python3 tests/systemd/asker.py "https://$DOMAIN/mcp" "$AUTHORITY/root.pem"; }
    answered - 200 || fail "what is everybody's is not answered: $answer"
    printf '[[audience]]\nname = "staff"\ndocs = ["all"]\n' >>"$MACHINE/etc/docent/docent.toml"
    began=$(milliseconds)
    key=$(machine_run docent key new ci --audience staff 2>"$machine_work/said") ||
        fail "no key is made: $(cat "$machine_work/said")"
    # It counts when the command ends; the index of the audience may take a moment more.
    answered - 401 || fail "whoever has no key is answered $answer"
    within 20 answered "$key" 200 || fail "whoever has the key is answered $answer: $(journal_tail)"
    took=$(($(milliseconds) - began))
    said=$(cat "$machine_work/said")
    [[ $said == *"docent.service has read the keys: it is accepted from now on."* ]] || fail "it does not say that it counts: $said"
    [[ $said == *"https://$DOMAIN/mcp --header"* && $said != *"$key"* ]] || fail "it does not say what to do next: $said"
    [ "$(machine_run stat --format '%U %G %a' /etc/docent/keys.toml /etc/docent/sealing.key | xargs)" = "root docent 640 root docent 640" ] ||
        fail "the files of keys belong to others: $(machine_run ls -l /etc/docent)"
    status_says "; 1 access key" || fail "the status does not count the keys: $(status)"
    ! said=$(machine_run setpriv --reuid=nobody docent key list 2>&1) || fail "everybody may list the keys"
    [[ $said == *"run it with sudo"* ]] || fail "whoever may not is told: $said"
    within 10 key_was_used ci || fail "the journal does not tell of the last use: $(machine_run docent key list)"
    other=$(machine_run docent key new laptop --audience staff --expires 90d 2>/dev/null)
    answered "$other" 200 || fail "the second key is answered $answer"
    machine_run docent key revoke ci >"$machine_work/said" 2>&1 || fail "$(cat "$machine_work/said")"
    answered "$key" 401 || fail "a revoked key is answered $answer"
    answered "$other" 200 || fail "another key goes with it: $answer"
    # A broken file is refused as a bad configuration is.
    echo 'nonsense = 1' >>"$MACHINE/etc/docent/keys.toml"
    ! machine_run systemctl reload docent.service 2>/dev/null || fail "broken keys are taken"
    answered "$other" 200 || fail "broken keys end those in force: $answer"
    ! said=$(machine_run docent check --config-only 2>&1) || fail "docent check finds nothing wrong with broken keys"
    [[ $said == */etc/docent/keys.toml:*nonsense* ]] || fail "docent check says: $said"
    sed -i '/^nonsense/d' "$MACHINE/etc/docent/keys.toml"
    [ "$(main_pid)" = "$pid" ] || fail "docent was started again"
    # A key is taken back whatever else is wrong.
    echo 'nonsense = 1' >>"$MACHINE/etc/docent/docent.toml"
    said=$(machine_run docent key revoke laptop 2>&1) || fail "the last key is not revoked: $said"
    [[ $said == *"it opens nothing from now on. But it refuses its configuration"* ]] || fail "it does not say what it refuses: $said"
    answered "$other" 401 || fail "the last key is answered $answer"
    for key in "$key" "$other"; do
        ! machine_run journalctl --boot --output=export | grep --quiet --fixed-strings -e "${key:0:24}" || fail "a key is in the journal"
    done
    write_config ""
    rm "$MACHINE"/etc/docent/{keys.toml,sealing.key}
    machine_run systemctl reload docent.service || fail "it does not become public again"
    within 10 answered - 200 || fail "what is everybody's again is answered $answer"
    eval "exec ${asker[1]}>&-"
    # shellcheck disable=SC2154 # by coproc
    wait "$asker_PID" || fail "the connection did not stay"
    [ "$(main_pid)" = "$pid" ] || fail "docent was started again"
    passed "private by one edit and one command: $took ms to the first answer with a key; revoked at once, on one connection all along"
}

# Whether the connection that stays is answered so; sets `answer`.
answered() { # answered KEY|- STATUS
    echo "$1" >&"${asker[1]}"
    read -rt 30 answer <&"${asker[0]}" || answer=nothing
    [ "$answer" = "$2" ]
}

key_was_used() { # key_was_used NAME
    machine_run docent key list --json | python3 -c '
import json, sys
keys = json.load(sys.stdin)["keys"]
sys.exit(not any(key["name"] == sys.argv[1] and key["last_used"] for key in keys))' "$1"
}

case_restarts_and_reloads_under_load() {
    local round
    load_start
    for round in $(seq 20); do
        machine_run systemctl restart docent.service || fail "restart $round: $(journal_tail)"
    done
    load_says longest_ms
    local longest=$answer
    for round in $(seq 20); do
        machine_run systemctl reload docent.service || fail "reload $round: $(journal_tail)"
    done
    load_end
    passed "20 restarts and 20 reloads under $clients clients: $summary; longest wait at a restart: $longest ms"
}

case_renewals_under_load() {
    local round before after
    drop_in docent-renew.service "[Service]" "ExecStart=" "ExecStart=/usr/bin/docent renew --force"
    load_start
    for round in $(seq 5); do
        before=$(serial)
        machine_run systemctl start docent-renew.service || fail "renewal $round: $(journal_tail docent-renew)"
        within 3 serial_is_not "$before" || fail "renewal $round is not taken up"
        after=$(serial)
        [ "$before" != "$after" ]
    done
    load_end
    undrop docent-renew.service
    passed "5 renewals under $clients clients: $summary"
}

case_kills_under_load() {
    local round pid
    load_start
    for round in 1 2 3; do
        pid=$(main_pid)
        echo killing >&"$calling"
        machine_run systemctl kill --signal=KILL --kill-whom=main docent.service
        echo killed >&"$calling"
        within 10 restarted_since "$pid" || fail "kill $round: docent does not come back"
    done
    load_end
    passed "3 SIGKILLs under $clients clients: $summary"
}

case_the_timer_renews_only_when_due() {
    local before requests
    before=$(serial)
    requests=$(orders)
    drop_in docent-renew.timer "[Timer]" "OnActiveSec=" "OnActiveSec=100ms" "AccuracySec=1ms"
    local since
    since=$(machine_now)
    machine_run systemctl restart docent-renew.timer
    within 10 renewal_ended_since "$since" || fail "the timer does not start the renewal"
    [ "$(serial)" = "$before" ] || fail "the certificate was renewed before its time"
    [ "$(orders)" = "$requests" ] || fail "the authority was asked before the time"
    undrop docent-renew.timer
    passed "the timer fires; nothing is due, and the authority is not asked"
}

case_a_hung_process_is_replaced() {
    local pid
    drop_in docent.service "[Service]" "WatchdogSec=2s" "TimeoutAbortSec=1s"
    machine_run systemctl restart docent.service
    pid=$(main_pid)
    machine_run kill -STOP "$pid"
    within 20 restarted_since "$pid" || fail "a hung docent is not replaced"
    journal_says "watchdog" || fail "the journal does not speak of the watchdog"
    search_here || fail "the new docent does not answer"
    undrop docent.service
    machine_run systemctl restart docent.service
    passed "a hung process is replaced"
}

case_idle_exit() {
    write_config 'idle_exit = "1s"'
    machine_run systemctl restart docent.service
    within 20 is_inactive || fail "docent does not leave when nobody asks: $(status)"
    local round
    for round in 1 2 3; do
        load_start
        # Not before all of them have been answered once.
        load_answered
        load_end
        within 20 is_inactive || fail "docent does not leave again: $(status)"
    done
    [ "$(machine_run systemctl show --value -p NRestarts docent.service)" = 0 ] || fail "it was restarted"
    write_config ""
    search_here || fail "it does not start again"
    machine_run systemctl restart docent.service
    passed "idle exit, and $clients clients at once start it again, three times: $summary"
}

case_a_full_disk() {
    stop_all
    local options since
    for options in size=512k ro; do
        since=$(date +%s.%6N)
        machine_run mount -t tmpfs -o "mode=0700,uid=docent,gid=docent,$options" tmpfs /var/cache/docent
        ! machine_run systemctl start docent.service 2>/dev/null || fail "it starts with $options"
        stop_all
        machine_run umount /var/cache/docent
        journal_says /var/cache/docent "$since" || fail "no word of the folder with $options: $(journal_tail)"
        machine_run systemctl reset-failed
    done
    passed "a full disk and a read-only one are named"
    machine_run systemctl start docent.socket docent.service
}

case_root_outside_systemd() {
    local pid number said
    stop_all
    write_config 'user = "nobody-by-that-name"'
    ! said=$(machine_run docent serve --cache-dir /var/cache/docent 2>&1) || fail "it stays root"
    [[ $said == *"there is no user"*useradd* ]] || fail "of a user that is not there it says: $said"
    write_config 'user = "root"'
    ! said=$(machine_run docent serve --cache-dir /var/cache/docent 2>&1) || fail "it stays root"
    [[ $said == *"is root as well"* ]] || fail "of root by another name it says: $said"
    write_config ""
    (machine_inside docent serve --cache-dir /var/cache/docent) >"$machine_work/by-hand" 2>&1 &
    local process=$!
    within 20 search_here || fail "started by root's hand it does not answer: $(cat "$machine_work/by-hand")"
    pid=$(machine_run pgrep --exact docent)
    number=$(machine_run id --user docent)
    status_of_process() { machine_run sed -n "s/^$1:\t//p" "/proc/$pid/status" | xargs; }
    [ "$(status_of_process Uid)" = "$number $number $number $number" ] || fail "user IDs: $(status_of_process Uid)"
    number=$(machine_run id --group docent)
    [ "$(status_of_process Gid)" = "$number $number $number $number" ] || fail "group IDs: $(status_of_process Gid)"
    [ "$(status_of_process Groups)" = "$number" ] || fail "groups: $(status_of_process Groups)"
    local set
    for set in Inh Prm Eff Bnd Amb; do
        [ "$(status_of_process "Cap$set")" = 0000000000000000 ] || fail "Cap$set: $(status_of_process "Cap$set")"
    done
    [ "$(status_of_process NoNewPrivs)" = 1 ] || fail "it may get new privileges"
    [ -z "$(machine_run find /var/lib/docent /var/cache/docent ! -user docent)" ] || fail "root's files are left behind"
    machine_run kill "$pid"
    wait "$process" || fail "it does not leave in good order: $(cat "$machine_work/by-hand")"
    machine_run systemctl start docent.socket docent.service || fail "afterwards the service does not start"
    passed "started by root's hand it becomes docent for good; without such a user it does not start"
}

case_reboot() {
    local before
    before=$(serial)
    authority_stop
    machine_reboot
    within 20 search_here || fail "no answer after a reboot"
    [ "$(serial)" = "$before" ] || fail "another certificate after a reboot"
    within 20 journal_says " read=0 " || fail "the documents are read again"
    passed "a reboot keeps certificate and index"
}

# What an operator is told by, as the examples have it.
case_each_failure_is_told_once() {
    local quiet said
    install -D -m 644 systemd/examples/renewal-alert.conf \
        "$MACHINE/etc/systemd/system/docent-renew.service.d/renewal-alert.conf"
    install -m 644 systemd/examples/docent-renew-alert.service "$MACHINE/etc/systemd/system/"
    printf '#!/bin/sh\necho "---" >>/run/alerts\ncat >>/run/alerts\n' >"$MACHINE/usr/sbin/sendmail"
    chmod 755 "$MACHINE/usr/sbin/sendmail"
    quiet=$(journal_count "Starting docent-renew")
    machine_run systemctl enable --quiet --now docent.socket docent.service || fail "docent does not start"
    within 20 alerts_are 1 || fail "the first attempt fails, and $(alerts) alerts are given"
    quiet=$(($(journal_count "Starting docent-renew") - quiet))
    [ "$quiet" = 0 ] || fail "a look leaves $quiet lines in the journal"
    within 10 alert_says "cannot be reached" || fail "the alert does not say why: $(cat "$machine_work/alerts")"
    machine_run systemctl is-failed --quiet docent-renew.service || fail "the unit has not failed"
    [[ $(machine_run systemctl --failed --no-legend) == *docent-renew.service* ]] || fail "systemctl --failed does not name it"
    look_often
    looks_go_on
    [ "$(alerts)" = 1 ] || fail "looks between two attempts gave $(alerts) alerts"
    status_says "next attempt" || fail "the status has forgotten the failure: $(status)"
    # Its exit status says that something is wrong.
    said=$(machine_run docent status || true)
    [[ $said == *"last error"* ]] || fail "docent status has forgotten the failure: $said"
    time_goes_on 120
    within 20 alerts_are 2 || fail "the second attempt gave $(alerts) alerts"
    looks_go_on
    [ "$(alerts)" = 2 ] || fail "looks after the second attempt gave $(alerts) alerts"
    # What no attempt gets past is told once, too, and again when it is something else.
    echo "hosts = 7" >>"$MACHINE/etc/docent/docent.toml"
    within 20 alerts_are 3 || fail "a faulty configuration gave $(alerts) alerts"
    looks_go_on
    [ "$(alerts)" = 3 ] || fail "looks with a faulty configuration gave $(alerts) alerts"
    sed -i '$d' "$MACHINE/etc/docent/docent.toml"
    looks_go_on
    [ "$(alerts)" = 3 ] || fail "a good configuration gave $(alerts) alerts"
    look_seldom
    rm "$MACHINE/etc/systemd/system/docent-renew.service.d/renewal-alert.conf" "$MACHINE/var/lib/docent/renewal"/*.json
    stop_all
    machine_run systemctl disable --quiet docent.socket docent.service
    machine_run systemctl daemon-reload
    passed "two attempts that failed and a faulty configuration: one alert each, though the timer looked all the time, and left nothing in the journal"
}

alerts() {
    machine_run sh -c 'cat /run/alerts 2>/dev/null' >"$machine_work/alerts" || true
    grep -c '^---$' "$machine_work/alerts" || true
}

alert_says() { # alert_says TEXT
    [ "$(alerts)" -gt 0 ] && grep --fixed-strings -e "$1" "$machine_work/alerts" >/dev/null
}

alerts_are() { # alerts_are NUMBER
    [ "$(alerts)" -ge "$1" ]
}

# From now on the timer looks all the time, and each look is in the journal.
look_often() {
    drop_in docent-renew.service "[Service]" "LogLevelMax=info"
    drop_in docent-renew.timer "[Timer]" "OnActiveSec=" "OnActiveSec=0" "OnUnitInactiveSec=500ms" "AccuracySec=1ms"
    machine_run systemctl restart docent-renew.timer
}

look_seldom() {
    rm "$MACHINE/etc/systemd/system/docent-renew.service.d/test.conf"
    undrop docent-renew.timer
    machine_run systemctl restart docent-renew.timer
}

# Waits for four looks more.
looks_go_on() {
    local round since
    for round in 1 2 3 4; do
        since=$(machine_now)
        within 10 renewal_ended_since "$since" || fail "the timer does not look, round $round"
    done
}

# docent.service has no network: it asks for keys by a file, and another unit fetches them.
case_keys_of_an_issuer() {
    local keys="$machine_work/keys" at=http://127.0.0.1:9400 first second began took
    mkdir "$keys"
    openssl genrsa -out "$keys/first.pem" 2048 2>/dev/null
    (machine_become python3 tests/systemd/issuer.py serve "$keys" 9400) >/dev/null 2>&1 &
    issuer=$!
    write_config ""
    machine_run systemctl enable --quiet docent-local.socket docent.service
    # Where there is no issuer, a fetch asks nobody, says nothing, and has succeeded.
    machine_run systemctl start docent-jwks.service || fail "without an issuer: $(journal_tail docent-jwks)"
    machine_run systemctl restart docent-local.socket docent.service || fail "docent does not start: $(journal_tail)"
    printf '[[audience]]\nname = "staff"\ndocs = ["all"]\ngroups = ["staff"]\n[[issuer]]\nurl = "%s"\n%s\n' "$at" \
        'accepted_audiences = ["https://docs.example.com/mcp"]' >>"$MACHINE/etc/docent/docent.toml"
    machine_run systemctl reload docent.service || fail "an issuer is refused: $(journal_tail)"
    first=$(python3 tests/systemd/issuer.py token "$keys" first "$at")
    within 20 opens "$first" 200 || fail "a token is not accepted: $(journal_tail) $(journal_tail docent-jwks)"
    opens "${first%?????}AAAAA" 401 || fail "a forged token is accepted"
    opens none 401 || fail "whoever has no token gets in"
    [ "$(machine_run stat --format '%U %a' /var/lib/docent/jwks /run/docent | xargs)" = "docent 700 docent 700" ] ||
        fail "the folders of keys are open to others"

    # Another key, which nobody has told docent of: the request waits for it. (A start has asked nobody, as there are keys.)
    machine_run systemctl restart docent.service
    opens "$first" 200 || fail "a start forgets the keys: $(journal_tail)"
    openssl genrsa -out "$keys/second.pem" 2048 2>/dev/null
    second=$(python3 tests/systemd/issuer.py token "$keys" second "$at")
    began=$(milliseconds)
    opens "$second" 200 || fail "a new key is not fetched: $(journal_tail) $(journal_tail docent-jwks)"
    took=$(($(milliseconds) - began))

    # An issuer that is gone fails the unit, and takes nobody's access.
    kill "$issuer"
    issuer=
    ! machine_run systemctl start docent-jwks.service 2>/dev/null || fail "an issuer that is gone is no failure"
    machine_run journalctl --quiet --boot --unit=docent-jwks.service --output=cat | grep --quiet "cannot be reached" ||
        fail "the journal does not say why: $(journal_tail docent-jwks)"
    opens "$second" 200 || fail "an issuer that is gone takes the access of everybody"
    machine_run systemctl reset-failed docent-jwks.service
    stop_all
    machine_run systemctl disable --quiet docent-local.socket docent.service
    write_config ""
    passed "keys of an issuer are fetched when they are missing and when one is new, which takes a request $took ms"
}

opens() { # opens TOKEN STATUS
    local call='{"jsonrpc":"2.0","id":1,"method":"tools/list"}' code
    code=$(machine_run curl --silent --output /dev/null --write-out '%{http_code}' --max-time 10 \
        --header "Authorization: Bearer $1" --header "Content-Type: application/json" \
        --header "Accept: application/json, text/event-stream" --data "$call" http://127.0.0.1:8080/mcp)
    [ "$code" = "$2" ]
}

case_first_start_without_an_authority() {
    machine_run systemctl enable --quiet --now docent.socket docent.service ||
        fail "docent does not start without an authority"
    status_says "certificate" || fail "the status gives no reason: $(status)"
    local said
    said=$(status)
    journal_says "cannot be reached" || fail "the journal does not speak of it"
    local round calls attempts since
    # The authority's place is taken by someone who counts.
    (machine_become python3 tests/systemd/refusing.py 14000) >"$AUTHORITY/count" &
    authority_processes+=($!)
    # Ten minutes, half a minute between two restarts.
    for round in $(seq 20); do
        time_goes_on 30
        since=$(machine_now)
        machine_run systemctl restart docent.service
        within 10 renewal_ended_since "$since" || fail "no start of the service looks at the certificate"
    done
    calls=$(wc -l <"$AUTHORITY/count")
    # After one minute, and after ten more; what changes nothing is repeated a few times each.
    attempts=$(failures_in_a_row)
    [ "$attempts" -le 3 ] || fail "$attempts attempts in ten minutes"
    [ "$calls" -ge 1 ] || fail "the authority was not called at all"
    [ "$calls" -le 8 ] || fail "the authority was called $calls times in ten minutes"
    authority_stop
    authority_start
    time_goes_on 7200
    # It had been looking all the time.
    machine_run systemctl start --no-block docent-renew.service
    within 60 search_here || fail "the certificate does not appear by itself: $(status)"
    within 5 journal_says "obtained a certificate" || fail "the journal does not tell of the certificate"
    within 5 status_says "certificate good for" || fail "the status does not tell of the certificate: $(status)"
    passed "without an authority: ready ($said); in 10 minutes with 20 restarts $attempts attempts, $calls calls; the certificate appears by itself, for a customer's account whose key is a credential"
}

case_a_hardened_host() {
    local said limit kind setting ends code
    write_config ""
    machine_run systemctl start docent-local.socket
    for kind in user:PrivateUsers:217/USER net:PrivateNetwork:225/NETWORK uts:ProtectHostname:226/NAMESPACE; do
        IFS=: read -r kind setting ends <<<"$kind"
        limit=$(machine_run cat "/proc/sys/user/max_${kind}_namespaces")
        machine_run sh -c "echo 0 >/proc/sys/user/max_${kind}_namespaces"
        ! machine_run systemctl restart docent.service 2>/dev/null || fail "it starts without $kind namespaces"
        code=0
        said=$(machine_run docent status) || code=$?
        [ "$code" = 2 ] || fail "docent status ends with $code where docent cannot start: $said"
        [[ $said == *"$ends"*"user.max_${kind}_namespaces is 0"*"$setting=no"*hardened-host.conf* ]] ||
            fail "docent status does not say why, and what helps: $said"
        said=$(machine_run docent check 2>&1) || fail "check: $said"
        [[ $said == *"user.max_${kind}_namespaces is 0"*"$setting=no"* ]] || fail "check does not warn: $said"
        # A journal that is full of it helps nobody either.
        [ "$(machine_run systemctl show --value -p RestartUSec docent.service)" = 3s ] || fail "it restarts too often"
        # What it says helps.
        local unit
        for unit in docent.service docent-renew.service; do
            [ "$unit:$kind" = docent-renew.service:net ] ||
                drop_in "$unit" "$(sed "s/^#$setting/$setting/" systemd/examples/hardened-host.conf)"
        done
        machine_run systemctl restart docent.service || fail "the example does not help: $(journal_tail)"
        search_over http://127.0.0.1:8080/mcp || fail "no answer on a hardened host"
        # One that waits to be started again would be waited for.
        machine_run systemctl stop docent-renew.service 2>/dev/null
        machine_run systemctl start docent-renew.service || fail "no renewal there: $(journal_tail docent-renew)"
        said=$(machine_run docent status) || fail "the status is still bad: $said"
        [[ $said == *"good: nothing needs attention"* ]] || fail "the status is still bad: $said"
        [ "$kind" != user ] || exposure docent.service 0.4
        machine_run sh -c "echo $limit >/proc/sys/user/max_${kind}_namespaces"
        undrop docent.service
        [ "$kind" = net ] || undrop docent-renew.service
    done
    stop_all
    passed "without user, network or host name namespaces: status and check say what helps, and it does"
}

case_pauses_between_restarts_grow() {
    [ "$(machine_run systemctl --version | sed -n '1s/systemd \([0-9]*\).*/\1/p')" -ge 254 ] || return 0
    drop_in docent.service "$(cat systemd/examples/restart-steps.conf)" "ExecStart=" "ExecStart=/bin/false"
    machine_run systemctl start docent-local.socket
    ! machine_run systemctl start docent.service 2>/dev/null || fail "a program that fails starts"
    within 30 was_restarted 4 || fail "it is not started again"
    [ "$(machine_run systemctl show --value -p RestartUSecNext docent.service)" != 500ms ] || fail "the pauses do not grow"
    stop_all
    undrop docent.service
    passed "with restart-steps.conf the pauses between restarts grow"
}

# The authority's certificates are good for 40 s: due with half of that left.
case_the_timer_renews_by_itself() {
    local placed looks begun first took
    first=$(serial)
    begun=$(date --date "$(certificate | openssl x509 -noout -startdate | cut -d= -f2)" +%s)
    placed=$(journal_count "certificate in place")
    look_often
    looks=$(journal_count "Finished docent-renew")
    within 40 serial_is_not "$first" || fail "the timer does not renew"
    took=$(($(date +%s) - begun))
    [ "$took" -ge 19 ] || fail "renewed after $took s, long before it was due"
    looks=$(($(journal_count "Finished docent-renew") - looks))
    look_seldom
    [ "$looks" -ge 5 ] || fail "the timer fired $looks times"
    placed=$(($(journal_count "certificate in place") - placed))
    [ "$placed" = 1 ] || fail "certificates were taken up $placed times"
    passed "the timer alone: $looks looks and one renewal, $took s after the certificate, which was for 40 s, had begun"
}

# --- figures -----------------------------------------------------------------------------------

# Each line has a name and the milliseconds of each round.
figure_cold_starts() {
    local round took=()
    for round in $(seq 15); do
        machine_run systemctl stop docent.service 2>/dev/null
        took+=("$(machine_net python3 tests/systemd/cold.py "$DOMAIN" "$AUTHORITY/root.pem")")
        within 20 status_says pages
        # What a start does afterwards is over.
        within 20 unit_is inactive docent-renew-soon.timer
    done
    echo "cold ${took[*]}"
}

figure_waits_at_restarts() {
    local round calls longest wait target waits=()
    coproc callers { machine_become "$DOCENT_CALLERS" "https://$DOMAIN/mcp" "$AUTHORITY/root.pem" "$clients" 2>&1; }
    # shellcheck disable=SC2154 # coproc names it
    local process=$callers_PID ask=${callers[1]} told=${callers[0]}
    for round in $(seq 0 20); do
        # The first round only lets them begin.
        [ "$round" -eq 0 ] || machine_run systemctl restart docent.service
        longest=0 calls=0 target=
        # Until those who waited have been answered, and called again.
        until [ -n "$target" ] && [ "$calls" -gt "$target" ]; do
            echo >&"$ask"
            read -rt 30 calls wait <&"$told" || fail "the clients do not call any more"
            [[ $calls =~ ^[0-9]+$ ]] || fail "a call failed: $calls $wait"
            target=${target:-$((calls + 10 * clients))}
            longest=$(awk -v a="$longest" -v b="$wait" 'BEGIN { print (a > b) ? a : b }')
        done
        [ "$round" -eq 0 ] || waits+=("$longest")
    done
    exec {ask}>&-
    wait "$process" || fail "a call failed"
    echo "restart ${waits[*]}"
}

# --- what the cases are made of ----------------------------------------------------------------

install_docent() {
    local folder
    install -m 755 "$docent" "$MACHINE/usr/bin/docent"
    install -m 644 -t "$MACHINE/usr/lib/systemd/system" systemd/*.service systemd/*.socket systemd/*.timer systemd/*.path
    for folder in sysusers.d tmpfiles.d; do
        install -m 644 -t "$MACHINE/usr/lib/$folder" "systemd/$folder/docent.conf"
    done
    mkdir -p "$MACHINE/etc/docent/docent.toml.d" "$MACHINE/srv/docs"
    cp -r "$installed/node_modules/@google/gemini-cli/bundle/docs/." "$MACHINE/srv/docs"
    machine_run systemd-sysusers 2>/dev/null
    machine_run systemd-tmpfiles --create docent.conf
    machine_run systemctl daemon-reload
}

# A domain, from here on.
configure() {
    with_domain=yes
    write_config ""
}

with_domain=
acme_settings=()
write_config() { # write_config LINE-FOR-SERVER
    {
        echo "[server]"
        [ -z "$with_domain" ] || echo "domain = \"$DOMAIN\""
        echo "$1"
        [ -z "$with_domain" ] || {
            echo "[acme]"
            echo 'directory = "https://localhost:14000/dir"'
            echo 'ca_file = "/etc/docent/authority.pem"'
            echo "accept_terms = true"
            printf '%s\n' "${acme_settings[@]}"
        }
        echo "[[docs]]"
        echo 'name = "docs"'
        echo 'path = "/srv/docs"'
    } >"$MACHINE/etc/docent/docent.toml"
}

authority_prepare_here() { # authority_prepare_here [MEMBERS]
    authority_prepare "$@"
    install -m 644 "$AUTHORITY/ca.pem" "$MACHINE/etc/docent/authority.pem"
}

# Tries what the sandbox is to prevent; fails where something works. perl is in every Debian.
probe=/usr/local/lib/probe.pl
write_probe() {
    mkdir -p "$MACHINE${probe%/*}"
    cat >"$MACHINE$probe" <<'PERL'
use Socket;
use Errno;
sub works { print STDERR "the sandbox lets through: $_[0]\n"; exit 1 }
for my $family (AF_INET, AF_INET6) {
    my $what = $family == AF_INET ? "AF_INET" : "AF_INET6";
    if (socket(my $socket, $family, SOCK_STREAM, 0)) {
        works("connect($what)") if connect($socket, pack_sockaddr_in(14000, inet_aton("127.0.0.1")));
        works("bind($what)") if bind($socket, pack_sockaddr_in(0, INADDR_ANY));
        works("socket($what)");
    }
    print STDERR "$what: $!\n";
}
open(my $key, "<", $ARGV[0]) and works("reading $ARGV[0]");
print STDERR "$ARGV[0]: $!\n";
open(my $file, ">", "/var/lib/docent/certs/probe") and works("writing to the state directory");
print STDERR "writing to the state directory: $!\n";
opendir(my $home, "/root") and readdir($home) and works("looking into /root");
PERL
}

# A real MCP client over verified HTTPS.
mcp_client() { # mcp_client SCRIPT [MODE]
    local script=$1
    shift
    machine_net env NODE_EXTRA_CA_CERTS="$AUTHORITY/root.pem" DOCENT_CLIENTS="$installed" timeout 60 \
        "$installed/node_modules/node-linux-$arch/bin/node" --import "$PWD/tests/clients/resolve.mjs" \
        "tests/clients/$script" "$@" "https://$DOMAIN/mcp" 2>&1
}

# One search with curl.
call=(--header 'Content-Type: application/json' --header 'Accept: application/json, text/event-stream' --data
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"checkpoint"}}}')
search_over() { # search_over URL [OPTION...]
    local url=$1
    shift
    machine_net curl --silent --fail --max-time 20 "$@" "${call[@]}" "$url" | grep -q heckpoint
}

search_here() {
    search_over "https://$DOMAIN/mcp" --cacert "$AUTHORITY/root.pem"
}

code_of() { # code_of URL
    machine_net curl --silent --max-time 20 --output /dev/null --write-out '%{http_code}' "${call[@]}" "$1"
}

handshake_for() { # handshake_for NAME
    machine_net openssl s_client -connect "$DOMAIN:443" -servername "$1" </dev/null 2>/dev/null
}

certificate() {
    machine_net openssl s_client -connect "$DOMAIN:443" -servername "$DOMAIN" </dev/null 2>/dev/null
}

serial() {
    certificate | openssl x509 -noout -serial
}

# What docent has written down of its attempts is moved into the past, as if that had gone by.
time_goes_on() { # time_goes_on SECONDS
    # One after the other: a timer that fires would cancel the stop.
    machine_run systemctl stop docent-renew-soon.timer
    machine_run systemctl stop docent-renew.service 2>/dev/null
    python3 - "$MACHINE/var/lib/docent/renewal/$DOMAIN.json" "$1" <<'PYTHON'
import datetime, re, sys

path, seconds = sys.argv[1], int(sys.argv[2])
with open(path, "r+") as file:
    earlier = lambda moment: (
        datetime.datetime.fromisoformat(moment.group(1)) - datetime.timedelta(seconds=seconds)
    ).strftime('"%Y-%m-%dT%H:%M:%SZ"')
    text = re.sub(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z"', earlier, file.read())
    file.seek(0)
    file.write(text)
    file.truncate()
PYTHON
}

failures_in_a_row() {
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["failures"]["count"])' \
        "$MACHINE/var/lib/docent/renewal/$DOMAIN.json"
}

serial_is_not() {
    [ "$(serial)" != "$1" ]
}

# How many orders the authority has had.
orders() {
    grep -c 'new-order\|/order-plz' "$AUTHORITY/pebble.log" || true
}

load_start() {
    mkfifo "$machine_work/tell"
    (machine_become python3 -u tests/systemd/load.py "https://$DOMAIN/mcp" "$AUTHORITY/root.pem" "$clients") \
        <"$machine_work/tell" >"$machine_work/load" 2>&1 &
    load_process=$!
    exec {calling}>"$machine_work/tell"
    rm "$machine_work/tell"
}

# The longest wait so far, or another figure of the report; counts anew from there.
load_says() {
    local lines
    lines=$(wc -l <"$machine_work/load")
    echo report >&"$calling"
    within 10 load_has_more_than "$lines" || fail "the clients do not report"
    answer=$(tail -n 1 "$machine_work/load" | figure "$1")
}

load_has_more_than() {
    [ "$(wc -l <"$machine_work/load")" -gt "$1" ]
}

load_answered() {
    local calls=0
    while [ "$calls" -lt "$clients" ]; do
        load_says calls
        calls=$answer
    done
}

load_end() {
    exec {calling}>&-
    calling=
    wait "$load_process" || true
    local last
    last=$(tail -n 1 "$machine_work/load")
    [ "$(figure failures <<<"$last")" = 0 ] || fail "calls failed: $last"
    summary="$(figure calls <<<"$last") calls, 0 failed"
    local lost
    lost=$(figure lost_at_a_kill <<<"$last")
    [ "$lost" = 0 ] || summary+=", $lost lost in flight"
}

figure() { # figure NAME <JSON
    sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p"
}

main_pid() {
    machine_run systemctl show --value -p MainPID docent.service
}

restarted_since() { # restarted_since PID
    local pid
    pid=$(main_pid)
    [ "$pid" != 0 ] && [ "$pid" != "$1" ] && machine_run systemctl is-active --quiet docent.service
}

was_restarted() { # was_restarted TIMES
    [ "$(machine_run systemctl show --value -p NRestarts docent.service)" -ge "$1" ]
}

is_inactive() {
    unit_is inactive docent.service
}

unit_is() { # unit_is STATE UNIT
    [ "$(machine_run systemctl is-active "$2")" = "$1" ]
}

renewal_ended_since() { # renewal_ended_since MICROSECONDS
    local ended
    ended=$(machine_run systemctl show --value -p ExecMainExitTimestampMonotonic docent-renew.service)
    [ "$ended" -gt "$1" ]
}

machine_now() { # microseconds of the monotonic clock
    awk '{ printf "%d\n", $1 * 1000000 }' /proc/uptime
}

milliseconds() {
    date +%s%3N
}

status() {
    machine_run systemctl show --value -p StatusText docent.service
}

status_does_not_say() {
    [[ $(status) != *"$1"* ]]
}

status_says() {
    [[ $(status) == *"$1"* ]]
}

journal_says() { # journal_says TEXT [SINCE]
    machine_run journalctl --quiet --boot --output=cat --since="@${2:-0}" \
        --unit=docent.service --unit=docent-renew.service | grep --fixed-strings -e "$1" >/dev/null
}

journal_count() { # journal_count TEXT
    machine_run journalctl --quiet --boot --output=cat --unit=docent.service --unit=docent-renew.service |
        grep --count --fixed-strings -e "$1" || true
}

journal_tail() {
    machine_run journalctl --quiet --boot --no-hostname --lines=15 --unit="${1:-docent}.service"
}

score() {
    machine_run systemd-analyze security --no-pager "$1" | sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p'
}

# Sockets first: a connection would start the service again.
stop_all() {
    machine_run systemctl stop docent{,-http,-local}.socket docent.service
}

# The TCP addresses that somebody listens on.
listening() {
    machine_run ss --no-header --listening --tcp --numeric | awk '{ print $4 }' | sort
}

exposure() { # exposure UNIT MOST
    local score
    score=$(score "$1")
    awk -v score="$score" -v most="$2" 'BEGIN { exit !(score != "" && score <= most) }' ||
        fail "$1 is exposed by ${score:-an unknown figure}, more than $2"
}

drop_in() { # drop_in UNIT LINE...
    local folder="$MACHINE/etc/systemd/system/$1.d"
    shift
    mkdir -p "$folder"
    printf '%s\n' "$@" >"$folder/test.conf"
    machine_run systemctl daemon-reload
}

undrop() { # undrop UNIT
    rm -r "$MACHINE/etc/systemd/system/$1.d"
    machine_run systemctl daemon-reload
}

passed() {
    echo "systemd ($release): $*"
}

fail() {
    echo "systemd ($release): FAILED: $*" >&2
    exit 1
}

# On a failure, what the journal knows.
finish() {
    local status=$?
    if [ "$status" -ne 0 ] && [ -n "$MACHINE_PID" ]; then
        machine_run journalctl --quiet --boot --no-hostname --unit='docent*' |
            grep -v ': search tool=' | tail -n 60 >&2 || true
        machine_run systemctl status --no-pager --lines=0 'docent*' >&2 || true
        [ ! -s "$machine_work/load" ] || tail -n 3 "$machine_work/load" >&2
    fi
    clean
}

clean() {
    [ -z "$calling" ] || exec {calling}>&-
    [ -z "$issuer" ] || kill "$issuer" 2>/dev/null || true
    authority_stop
    machine_stop
}

main "$2"
