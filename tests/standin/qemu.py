# SPDX-License-Identifier: LGPL-2.1-or-later
"""A device model that only talks: QEMU's monitor for machines, one client at a time.

    with qemu.Qemu(self.daemon, domain.ID(), {"query-block": [...]}) as model:
        ...
        self.assertEqual(model.told("block_resize"), [{"device": "xvda", "size": 4096}])

A command is answered with its value in ANSWERS, a callable is asked with the arguments, an Error is QEMU's
own way to refuse. Others return {}. `deaf` takes calls and never says a word."""

import json
import os
import socket

import talker

GREETING = {"QMP": {"version": {"qemu": {"major": 7, "minor": 2, "micro": 0}, "package": ""},
                    "capabilities": ["oob"]}}
EVENT = {"event": "RTC_CHANGE", "data": {"offset": 0}, "timestamp": {"seconds": 1, "microseconds": 2}}


class Error(Exception):
    """How QEMU refuses a command."""


class Qemu(talker.Talker):
    def __init__(self, daemon, domid, answers=(), deaf=False, events=(), path=None):
        self.events = list(events)  # said before each answer
        self.fds = {}  # by the name that getfd gave them
        super().__init__(daemon, path or f"run/xen/qmp-libxenstat-{domid}", answers, deaf)

    def tell(self, event, **data):
        """An event, to who listens."""
        self.say({"event": event, "data": data, "timestamp": {"seconds": 5, "microseconds": 6}})

    def hung_up(self):
        """QEMU keeps the descriptors that it was given until the conversation ends."""
        for fd in self.fds.values():
            os.close(fd)
        self.fds.clear()

    def say(self, what):
        self.client.sendall(json.dumps(what).encode() + b"\r\n")

    def commands_of_client(self):
        """Objects as they come, and the descriptors that come with them."""
        text, fds = "", []
        while True:
            data, new, _, _ = socket.recv_fds(self.client, 65536, 1)
            if not data:
                return
            text += data.decode()
            fds += new
            while text:
                try:
                    command, end = json.JSONDecoder().raw_decode(text)
                except ValueError:
                    break  # the object goes on
                yield command, fds
                text, fds = text[end:].lstrip(), []

    def talk(self):
        if not self.deaf:
            self.say(GREETING)
        for command, fds in self.commands_of_client():
            self.commands.append((command["execute"], command.get("arguments")))
            for fd in fds:
                self.fds[command["arguments"]["fdname"]] = fd
            for event in self.events:
                self.say(event)
            answer = self.answer(command)
            if "id" in command:
                answer["id"] = command["id"]
            if not self.deaf:
                self.say(answer)

    def answer(self, command):
        value = self.answers.get(command["execute"], {})
        try:
            if isinstance(value, Error):
                raise value
            return {"return": value(command.get("arguments")) if callable(value) else value}
        except Error as error:
            return {"error": {"class": "GenericError", "desc": str(error)}}


def events(daemon, uuid, answers=()):
    """The socket on which QEMU tells the driver what happens."""
    return Qemu(daemon, None, answers, path=f"run/libvirt/libxl/qmp-{uuid}.sock")
