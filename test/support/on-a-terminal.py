# Runs a program on a terminal of its own and plays a script on it: [["wait", TEXT], ["send", KEYS], ["signal", N], ["size", ROWS, COLUMNS]].
# Prints, as JSON, what it showed, how it ended, and whether its terminal is again as terminals are.
import fcntl, json, os, pty, select, signal, struct, subprocess, sys, termios, time

steps, program = json.loads(sys.argv[1]), sys.argv[2:]
master, slave = pty.openpty()


def resize(rows, columns):
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def take_terminal():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


resize(12, 80)
child = subprocess.Popen(program, stdin=slave, stdout=slave, stderr=slave, preexec_fn=take_terminal)
shown, mark, deadline = b"", 0, time.time() + 15


def read(until):
    """Reads until this is true; False when the time is up."""
    global shown
    while not until():
        if time.time() > deadline:
            return False
        ready, _, _ = select.select([master], [], [], 0.05)
        if ready:
            shown += os.read(master, 65536)
    return True


missing = None
for step, *values in steps:
    if step == "wait":
        text = values[0].encode()
        if not read(lambda: text in shown[mark:]):
            missing = values[0]
            break
    mark = len(shown)
    if step == "send":
        os.write(master, values[0].encode())
    if step == "signal":
        os.kill(child.pid, values[0])
    if step == "size":
        resize(*values)
        os.kill(child.pid, signal.SIGWINCH)
if missing is not None or not read(lambda: child.poll() is not None):
    missing = missing or "its end"
    child.kill()
    child.wait()
while select.select([master], [], [], 0.05)[0]:
    shown += os.read(master, 65536)
modes = termios.tcgetattr(slave)[3]
print(json.dumps({
    "shown": shown.decode("utf8", "replace"),
    "code": child.returncode,
    "missing": missing,
    "restored": bool(modes & termios.ICANON) and bool(modes & termios.ECHO),
}))
