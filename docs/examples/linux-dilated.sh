#!/bin/sh
# What the Linux of linux-dilated.yaml runs: it measures itself, by its own clocks. Each beginning and end also goes to its
# virtio console, where Dilaton sees the line, and reads the host's clock beside: `dilaton report` shows both.

# The steady clock, in hundredths of a second since the boot, without a zero at the front (it would be octal).
hundredths() {
    read -r up idle </proc/uptime
    now=${up%.*}${up#*.}
    while [ "${now#0}" != "$now" ] && [ "$now" != 0 ]; do now=${now#0}; done
}

# The time of day, in microseconds.
microseconds() {
    set -- $(adjtimex | sed -n 's/.*tv_u*sec: *//p')
    echo "$(($1 * 1000000 + $2))"
}

# measure NAME BYTES COMMAND: BYTES are what it moves.
measure() {
    local name=$1 bytes=$2 from took rest
    shift 2
    echo "dilaton: begin $name" >/dev/hvc0
    hundredths
    from=$now
    "$@" >/dev/null 2>&1
    hundredths
    took=$((now - from)) rest=$(((now - from) % 100))
    [ $rest -gt 9 ] || rest=0$rest
    echo "dilaton: end $name $((took / 100)).$rest $bytes" >/dev/hvc0
    echo "$name took $((took / 100)).$rest s"
}

echo "$(uname -sr) at $(date -u)"
measure sleep 0 sleep 2
# The same by the other clock.
echo "dilaton: begin date" >/dev/hvc0
from=$(microseconds)
sleep 2
took=$(($(microseconds) - from))
rest=00000$((took % 1000000))
echo "dilaton: end date $((took / 1000000)).${rest#${rest%??????}}" >/dev/hvc0
echo "date went on by $took us"
# Past the page cache: each of 128 reads of 64 KiB waits for the disk.
measure disk 8388608 dd if=/dev/vda of=/dev/null bs=64k count=128 iflag=direct
