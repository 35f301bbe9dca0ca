# shellcheck shell=sh
# The sockets stay open, so that requests wait for the new version and none is lost. A service that
# does not run stays so.
if [ -d /run/systemd/system ]; then
    systemctl try-restart docent.service || :
fi
