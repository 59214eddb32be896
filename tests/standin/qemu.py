# SPDX-License-Identifier: LGPL-2.1-or-later
"""A device model that only talks: QEMU's monitor for machines, one client at a time.

    with qemu.Qemu(self.daemon, domain.ID(), {"query-block": [...]}) as model:
        ...
        self.assertEqual(model.told("block_resize"), [{"device": "xvda", "size": 4096}])

A command is answered with its value in ANSWERS, a callable is asked with the arguments, an Error is QEMU's
own way to refuse. Others return {}. `deaf` takes calls and never says a word."""

import json
import pathlib
import socket
import threading

GREETING = {"QMP": {"version": {"qemu": {"major": 7, "minor": 2, "micro": 0}, "package": ""},
                    "capabilities": ["oob"]}}
EVENT = {"event": "RTC_CHANGE", "data": {"offset": 0}, "timestamp": {"seconds": 1, "microseconds": 2}}


class Error(Exception):
    """How QEMU refuses a command."""


class Qemu:
    def __init__(self, daemon, domid, answers=(), deaf=False, events=()):
        self.path = pathlib.Path(daemon.folder) / f"run/xen/qmp-libxenstat-{domid}"
        self.answers = dict(answers)
        self.deaf = deaf
        self.events = list(events)  # said before each answer
        self.commands = []
        self.clients = 0
        self.path.parent.mkdir(exist_ok=True)
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
            with self.client, self.client.makefile("rw", encoding="utf-8") as stream:
                try:
                    self.talk(stream)
                except (OSError, ValueError):
                    pass

    def say(self, stream, what):
        stream.write(json.dumps(what) + "\r\n")
        stream.flush()

    def talk(self, stream):
        if not self.deaf:
            self.say(stream, GREETING)
        text = ""
        for line in stream:
            text += line
            try:
                command = json.loads(text)
            except ValueError:
                continue  # the object goes on in the next line
            text = ""
            self.commands.append((command["execute"], command.get("arguments")))
            for event in self.events:
                self.say(stream, event)
            answer = self.answer(command)
            if "id" in command:
                answer["id"] = command["id"]
            if not self.deaf:
                self.say(stream, answer)

    def answer(self, command):
        value = self.answers.get(command["execute"], {})
        try:
            if isinstance(value, Error):
                raise value
            return {"return": value(command.get("arguments")) if callable(value) else value}
        except Error as error:
            return {"error": {"class": "GenericError", "desc": str(error)}}
