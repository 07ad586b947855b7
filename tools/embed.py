#!/usr/bin/env python3
"""Turns text files into a C++ source, so that the program carries its own defaults.

embed.py OUTPUT NAMESPACE NAME ROOT FILE…  writes
    extern const std::span<const EmbeddedFile> NAMESPACE::NAME;
with one entry for each FILE, a path below ROOT (base/embedded_file.hpp). The user declares the same line in a header
of their own. cmake/SyncwellEmbed.cmake calls it in the build.
"""
import pathlib
import sys

PLAIN = set(range(0x20, 0x7F)) - set(b'"\\?')


def literal(data: bytes) -> str:
    """One literal per line of the file. Octal escapes: unlike \\x they end after three digits."""
    lines = data.splitlines(keepends=True) or [b""]
    quoted = ["".join(chr(byte) if byte in PLAIN else f"\\{byte:03o}" for byte in line) for line in lines]
    return "\n     ".join(f'"{text}"' for text in quoted)


def source(namespace: str, name: str, root: pathlib.Path, files: list[str]) -> str:
    entries = []
    for file in files:
        data = (root / file).read_bytes()
        data.decode("utf-8")  # what is no text does not belong here
        entries.append(f"    {{{literal(file.encode())},\n     std::string_view{{{literal(data)}, {len(data)}}}}},")
    return "\n".join(
        [
            f"// Written by tools/embed.py from {len(files)} files.",
            "#include <span>",
            "",
            '#include "base/embedded_file.hpp"',
            "",
            f"namespace {namespace} {{",
            "namespace {",
            "constexpr syncwell::EmbeddedFile files[] = {",
            *entries,
            "};",
            "}  // namespace",
            "",
            f"extern const std::span<const syncwell::EmbeddedFile> {name};",
            f"constinit const std::span<const syncwell::EmbeddedFile> {name}{{files}};",
            "",
            f"}}  // namespace {namespace}",
            "",
        ]
    )


def main(arguments: list[str]) -> int:
    if len(arguments) < 5:
        print(__doc__, file=sys.stderr)
        return 2
    output, namespace, name, root, *files = arguments
    try:
        text = source(namespace, name, pathlib.Path(root), files)
    except (OSError, UnicodeDecodeError) as error:
        print(f"embed.py: {error}", file=sys.stderr)
        return 1
    pathlib.Path(output).write_text(text, encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
