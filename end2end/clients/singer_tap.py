"""Running a Singer tap: what is asked of it, and what it writes (one JSON message a line)."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

# Longest run, in seconds.
LIMIT = 90


class SingerTap:
    """An installed tap with its configuration."""

    def __init__(self, name, config, folder, proxy):
        self._program = Path(sys.executable).with_name(name)
        self._folder = Path(folder)
        # Nothing of this machine's own settings reaches the client.
        self._environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(folder),
            "HTTPS_PROXY": proxy.url,
            "REQUESTS_CA_BUNDLE": str(proxy.authority),
        }
        self._config = self._write("config.json", config)
        self._catalog = json.loads(self._run("--discover"))["streams"]

    def schema(self, stream):
        """What the authors of the tap know of a stream: its fields, by name."""
        return next(entry["schema"]["properties"] for entry in self._catalog if entry["stream"] == stream)

    def synchronise(self, streams, as_sent=False):
        """The records of these streams. By the tap's own schema fields it does not know are left out,
        and a value of a type it does not expect ends the run; `as_sent` takes what comes."""
        catalog = json.loads(json.dumps(self._catalog))
        for stream in catalog:
            for entry in stream["metadata"]:
                if entry["breadcrumb"] == []:
                    entry["metadata"]["selected"] = stream["stream"] in streams
            if as_sent:
                stream["schema"] = {}
        records = defaultdict(list)
        for line in self._run("--catalog", self._write("catalog.json", {"streams": catalog})).splitlines():
            message = json.loads(line)
            if message["type"] == "RECORD":
                records[message["stream"]].append(message["record"])
        return records

    def _write(self, name, content):
        path = self._folder / name
        path.write_text(json.dumps(content))
        return str(path)

    def _run(self, *arguments):
        ended = subprocess.run(
            [str(self._program), "--config", self._config, *arguments],
            env=self._environment,
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        if ended.returncode != 0:
            raise RuntimeError(f"{self._program.name} ended with {ended.returncode}:\n{ended.stderr[-4000:]}")
        return ended.stdout
