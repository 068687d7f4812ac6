"""localstripe, a stand-in for Stripe that nobody here wrote, on a free port of the loopback.

Its own command listens on all addresses, so its application is run here instead. Prints its port on the first line, then serves
until it is killed. Its store, which it would write to a file shared by all of them, stays in memory.
"""
import asyncio

from aiohttp import web
from localstripe.resources import Store
from localstripe.server import app

Store.dump_to_disk = lambda self: None


async def serve():
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


asyncio.run(serve())
