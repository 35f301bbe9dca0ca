# shellcheck shell=sh
# As everywhere with RPM, certificates and the user stay when the package goes.
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload || :
fi
