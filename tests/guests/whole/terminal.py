# An interactive bash on a pseudoterminal: line editing, job control, signals, size. Types only when
# what it types for is there to read it.
import os, pty, sys

pid, master = pty.fork()
if pid == 0:
    os.execve("/bin/bash", ["bash", "--norc", "--noprofile", "-i"],
              {"PS1": "$ ", "PATH": "/usr/bin:/bin", "TERM": "dumb", "HOME": "/"})


def until(end):
    text = b""
    while not text.endswith(end):
        try:
            got = os.read(master, 1000)
        except OSError:
            break
        if not got:
            break
        text += got
    sys.stdout.write(text.decode().replace("\r", "<CR>"))


def type(keys, end=b"$ "):
    os.write(master, keys)
    until(end)


until(b"$ ")
type(b"tty | sed 's/[0-9]*$/N/'\r")
type(b"stty -a\r")
type(b"stty rows 30 cols 100; stty size\r")
type(b"echo wromg\x7f\x7fng\r")
type(b"echo rea'dy'; cat\r", b"ready\r\n")
type(b"ping\r", b"ping\r\nping\r\n")
type(b"\x1a")
type(b"jobs\r")
type(b"fg\r", b"cat\r\n")
type(b"ponk\x7fg\r", b"pong\r\n")
type(b"\x04")
type(b"echo rea'dy'; read x; echo got $x\r", b"ready\r\n")
type(b"an answer\r")
type(b"echo rea'dy'; cat\r", b"ready\r\n")
type(b"ping\r", b"ping\r\nping\r\n")
type(b"\x03")
type(b"echo $?\r")
type(b"exit 5\r", b"nothing that comes")
print(os.WEXITSTATUS(os.waitpid(pid, 0)[1]))
