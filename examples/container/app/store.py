"""As much of the Redis protocol as the two programs here need."""
import socket


class Store:
    def __init__(self, host="127.0.0.1", port=6379):
        self.stream = socket.create_connection((host, port)).makefile("rwb")

    def ask(self, *words):
        sent = [str(word).encode() for word in words]
        self.stream.write(b"*%d\r\n" % len(sent) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in sent))
        self.stream.flush()
        return self.read()

    def read(self):
        line = self.stream.readline()
        if not line:
            raise ConnectionError("Redis has hung up")
        kind, rest = line[:1], line[1:].strip()
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b"$":
            return None if rest == b"-1" else self.stream.read(int(rest) + 2)[:-2].decode()
        if kind == b"*":
            return None if rest == b"-1" else [self.read() for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest.decode()
