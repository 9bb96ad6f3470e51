#!/bin/sh
# What the Linux of linux-dilated.yaml runs: it measures itself, by its own clocks. Each beginning and end also goes to its
# virtio console, where Dilaton sees the line, and reads the host's clock beside: `dilaton report` shows both.

# The steady clock, in microseconds: where a shell can read it without starting anything.
steady() {
    while read -r now at time unit; do
        [ "$now $at" != 'now at' ] || break
    done </proc/timer_list
    now=$((time / 1000))
}

# The time of day, in microseconds.
day() {
    set -- $(adjtimex | sed -n 's/.*tv_u*sec: *//p')
    now=$(($1 * 1000000 + $2))
}

# measure NAME CLOCK BYTES COMMAND: how long it takes by steady or day; BYTES are what it moves.
measure() {
    local name=$1 clock=$2 bytes=$3 from took rest
    shift 3
    echo "dilaton: begin $name" >/dev/hvc0
    $clock
    from=$now
    "$@" >/dev/null 2>&1
    $clock
    took=$((now - from))
    rest=00000$((took % 1000000))
    echo "dilaton: end $name $((took / 1000000)).${rest#${rest%??????}} $bytes" >/dev/hvc0
    echo "$name took $took us"
}

echo "$(uname -sr) at $(date -u)"
measure sleep steady 0 sleep 2
# The same by the other clock.
measure date day 0 sleep 2
# Past the page cache: each of 128 reads of 64 KiB waits for the disk.
measure disk steady 8388608 dd if=/dev/vda of=/dev/null bs=64k count=128 iflag=direct
# From the program beside it, through the switch.
measure network steady 2000000 wget -q -O /tmp/file http://10.0.0.2:8000/file
