#!/usr/bin/env python3
"""A mail server that delivers nowhere: prints each mail that it takes as one line of JSON. For end-to-end tests.

smtp_sink.py [--port N] [--reply COMMAND=TEXT]…

The first line says where it listens: {"port": 2525}. Port 0 takes a free one. --reply RCPT="450 4.2.1 later" answers
a command so (EHLO, MAIL, RCPT, DATA; END is the end of a message); an empty text hangs up. SIGTERM ends it.
"""
import argparse
import asyncio
import email
import email.policy
import json
import signal
import sys

MAX_LINE = 64 * 1024
MAX_MESSAGE = 4 * 1024 * 1024
REPLIES = {"EHLO": "250 sink", "HELO": "250 sink", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go", "END": "250 2.0.0 taken",
           "RSET": "250 ok", "NOOP": "250 ok", "QUIT": "221 bye"}


def show(sender: str, recipients: list[str], message: bytes, accepted: bool) -> None:
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    row = {
        "accepted": accepted,
        "sender": sender,
        "recipients": recipients,
        "headers": {name: str(value) for name, value in parsed.items()},
        "text": parsed.get_content() if parsed.get_content_type() == "text/plain" else None,
    }
    print(json.dumps(row, ensure_ascii=False), flush=True)


def address(line: str) -> str:
    return line[line.find("<") + 1 : line.rfind(">")] if "<" in line else line.partition(":")[2].strip()


async def read_message(reader: asyncio.StreamReader) -> bytes:
    message = bytearray()
    while (line := await reader.readline()) != b".\r\n":
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the message has no end")
        message += line[1:] if line.startswith(b".") else line
        if len(message) > MAX_MESSAGE:
            raise ConnectionError("the message is too long")
    return bytes(message)


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, replies: dict[str, str]) -> None:
    async def say(text: str) -> str:
        if not text:
            raise ConnectionError("told to hang up")
        writer.write(text.encode() + b"\r\n")
        await writer.drain()
        return text

    sender, recipients = "", []
    try:
        await say("220 sink")
        while line := (await reader.readline()).decode("ascii", "replace").strip():
            command = line[:4].upper()
            reply = await say(replies.get(command, "502 5.5.1 unknown"))
            if command == "QUIT":
                break
            if command == "MAIL":
                sender, recipients = address(line), []
            elif command == "RCPT" and reply.startswith("2"):
                recipients.append(address(line))
            elif command == "DATA" and reply.startswith("354"):
                message = await read_message(reader)
                show(sender, recipients, message, replies["END"].startswith("2"))
                await say(replies["END"])
    except (ConnectionError, ValueError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def serve(port: int, replies: dict[str, str]) -> None:
    server = await asyncio.start_server(lambda r, w: talk(r, w, replies), "127.0.0.1", port, limit=MAX_LINE)
    stopped = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await stopped.wait()
    server.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=2525)
    parser.add_argument("--reply", action="append", default=[], metavar="COMMAND=TEXT")
    arguments = parser.parse_args()
    replies = dict(REPLIES)
    for reply in arguments.reply:
        command, equals, text = reply.partition("=")
        if not equals or command.upper() not in REPLIES:
            parser.error(f"--reply {reply}: COMMAND=TEXT, and COMMAND one of {', '.join(REPLIES)}")
        replies[command.upper()] = text
    asyncio.run(serve(arguments.port, replies))
    return 0


if __name__ == "__main__":
    sys.exit(main())
