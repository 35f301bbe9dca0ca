# shellcheck shell=sh
# $1 is 1 at the first installation, more at an upgrade.
systemd-sysusers docent.conf || :
# Some settings cannot be made in a container; that is no reason to fail.
systemd-tmpfiles --create docent.conf || :
# docent could not say so itself: systemd does not get as far as to start it.
if [ "$(cat /proc/sys/user/max_user_namespaces 2>/dev/null)" = 0 ]; then
    echo "docent: this machine allows no user namespaces, so docent.service ends with 217/USER; see HARDENED HOSTS in docent.service(8)" >&2
fi
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload || :
fi
if [ "$1" -eq 1 ]; then
    # As the distribution's presets say: on most, nothing is enabled.
    systemctl --no-reload preset docent.socket docent-http.socket docent-local.socket \
        docent-renew.timer docent-jwks.timer docent-jwks.path docent.service || :
fi
