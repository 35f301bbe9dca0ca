# shellcheck shell=sh
# $1 is 0 when the last version goes, and at an upgrade nothing is stopped. Sockets first, or the
# next request would start the service again.
if [ "$1" -eq 0 ]; then
    if [ -d /run/systemd/system ]; then
        systemctl stop docent.socket docent-http.socket docent-local.socket \
            docent-renew.timer docent-renew-soon.timer docent-renew.service \
            docent-jwks.timer docent-jwks.path docent-jwks.service docent.service || :
    fi
    systemctl --no-reload disable docent.socket docent-http.socket docent-local.socket \
        docent-renew.timer docent-jwks.timer docent-jwks.path docent.service || :
fi
