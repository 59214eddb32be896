# SPDX-License-Identifier: LGPL-2.1-or-later
"""Somebody behind a unix socket who talks with one client at a time. What is said is the subclass's talk()."""

import pathlib
import socket
import threading


class Talker:
    """`commands` are pairs of a name and its arguments, `clients` counts the calls that were taken."""

    def __init__(self, daemon, path, answers, deaf):
        self.path = pathlib.Path(daemon.folder) / path
        self.answers = dict(answers)
        self.deaf = deaf
        self.commands = []
        self.clients = 0
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(str(self.path))
        self.socket.listen(1)
        self.ending = False
        self.client = None
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ending = True
        self.path.unlink(missing_ok=True)
        for end in filter(None, (self.socket, self.client)):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.thread.join()
        self.socket.close()

    def told(self, name):
        """The arguments of each such command so far."""
        return [arguments for command, arguments in self.commands if command == name]

    def serve(self):
        while not self.ending:
            try:
                self.client, _ = self.socket.accept()
            except OSError:
                return
            self.clients += 1
            with self.client:
                try:
                    self.talk()
                except OSError:
                    pass
            self.hung_up()

    def talk(self):
        """Until the client hangs up."""
        raise NotImplementedError

    def hung_up(self):
        """The conversation is over."""
