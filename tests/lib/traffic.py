#!/usr/bin/python3
"""Keeps asking for a page, and says what went wrong meanwhile.

usage: traffic.py [--as-browsers] NETWORK_NAMESPACE ADDRESS PORT SECONDS

--as-browsers: a kept connection that the server ends between two answers is opened anew and the question asked again, as
every HTTP client does (RFC 9112, 9.3.1); what counts as broken is an answer that had begun, or a new connection.

Ten connections are kept and used over and over (an established one that breaks is counted), three others are opened anew for
each question. Prints one line: `answers N, broken N, refused N`, and each failure with the second at which it happened.
SIGTERM ends it before its time.
"""
import ctypes
import os
import signal
import socket
import sys
import threading
import time

CLONE_NEWNET = 0x40000000
PER_CONNECTION = 500  # below what servers allow on one connection (nginx: 1000)


class EndedBetweenAnswers(Exception):
    """The server closed a kept connection before a byte of the next answer."""


def ask(peer):
    try:
        peer.sendall(b"GET / HTTP/1.1\r\nHost: scenario\r\n\r\n")
    except ConnectionError:
        raise EndedBetweenAnswers from None
    got = b""
    while True:
        try:
            piece = peer.recv(65536)
        except ConnectionResetError:
            if got:
                raise
            piece = b""
        if not piece and not got:
            raise EndedBetweenAnswers
        if not piece:
            raise OSError("the connection ended in the middle of an answer")
        got += piece
        head, found, body = got.partition(b"\r\n\r\n")
        if found:
            length = next((int(l.split(b":")[1]) for l in head.split(b"\r\n") if l.lower().startswith(b"content-length:")), 0)
            if len(body) >= length:
                return head.startswith(b"HTTP/1.1 200")


class Traffic:
    def __init__(self, address, port, seconds, as_browsers=False):
        self.as_browsers = as_browsers
        self.where, self.begun = (address, port), time.monotonic()
        self.end, self.lock = self.begun + seconds, threading.Lock()
        self.answers, self.broken, self.refused, self.notes = 0, 0, 0, []

    def note(self, kind, error):
        with self.lock:
            setattr(self, kind, getattr(self, kind) + 1)
            self.notes.append(f"  {time.monotonic() - self.begun:.2f} s {kind}: {error}")

    def use(self, times):
        """One connection, asked so many times."""
        try:
            peer = socket.create_connection(self.where, 5)
        except OSError as error:
            return self.note("refused", error)
        with peer:
            for number in range(times):
                if time.monotonic() > self.end:
                    return None
                try:
                    peer.settimeout(5)
                    good = ask(peer)
                except EndedBetweenAnswers:
                    if self.as_browsers and number > 0:
                        return None
                    return self.note("broken", "the connection ended before an answer")
                except OSError as error:
                    return self.note("broken", error)
                if not good:
                    self.note("broken", "not a page")
                with self.lock:
                    self.answers += 1
                time.sleep(0.01)
        return None

    def keep_on(self, times):
        while time.monotonic() < self.end:
            self.use(times)

    def stop(self, *_):
        self.end = time.monotonic()

    def run(self):
        signal.signal(signal.SIGTERM, self.stop)
        threads = [threading.Thread(target=self.keep_on, args=(n,)) for n in [PER_CONNECTION] * 10 + [1] * 3]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(f"answers {self.answers}, broken {self.broken}, refused {self.refused}")
        print("\n".join(self.notes[:10]), end="\n" if self.notes else "")


def main(namespace, address, port, length, as_browsers=False):
    with open(f"/run/netns/{namespace}", "rb") as handle:
        if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    Traffic(address, int(port), float(length), as_browsers).run()


if __name__ == "__main__":
    given = [one for one in sys.argv[1:] if one != "--as-browsers"]
    main(*given, as_browsers=len(given) < len(sys.argv) - 1)
