#!/bin/sh
# What the Linux of linux-and-program.yaml does: it downloads a file, and says how long that took by its clock.
read -r begin idle </proc/uptime
wget -q -O /tmp/file http://10.0.0.1:8000/file
code=$?
read -r end idle </proc/uptime
echo "@ download $code $begin $end $(wc -c </tmp/file)"
echo "@ sum $(sha256sum </tmp/file)"
echo "@ name $(hostname) mtu $(cat /sys/class/net/eth0/mtu)"
poweroff -f
