# shellcheck shell=sh
# $1 is 1 at the first installation, more at an upgrade.
systemd-sysusers docent.conf || :
# Some settings cannot be made in a container; that is no reason to fail.
systemd-tmpfiles --create docent.conf || :
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload || :
fi
if [ "$1" -eq 1 ]; then
    # As the distribution's presets say: on most, nothing is enabled.
    systemctl --no-reload preset docent.socket docent-http.socket docent-local.socket \
        docent-renew.timer docent.service || :
fi
