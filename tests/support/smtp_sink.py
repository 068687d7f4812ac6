"""A real mail server for the tests: takes messages on a free port of the loopback and writes each into a folder.

smtp_sink.py FOLDER [refuse|busy]   prints its port on the first line, then serves until it is killed.
"""
import asyncio
import pathlib
import sys
import uuid

from aiosmtpd.smtp import SMTP

FOLDER = pathlib.Path(sys.argv[1])
MODE = sys.argv[2] if len(sys.argv) > 2 else "accept"


class Sink:
    async def handle_DATA(self, server, session, envelope):
        if MODE == "refuse":
            return "550 no such person here"
        if MODE == "busy":
            return "451 come back later"
        part = FOLDER / f"{uuid.uuid4()}.part"
        # As a mailbox's own server does: where it would come back to.
        part.write_bytes(f"Return-Path: <{envelope.mail_from}>\r\n".encode() + envelope.content)
        part.rename(part.with_suffix(".eml"))
        return "250 kept"


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), hostname="localhost"), host="127.0.0.1", port=0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(serve())
