"""The practice Lever as a process of its own, and what a test asks of it."""

import base64
import json
import os
import re
import subprocess
import threading
import urllib.request

KEY = "practice-key"
# Longest wait for its first words, and for one answer, in seconds.
LIMIT = 20


class PracticeLever:
    """A running practice Lever; a context manager."""

    def __init__(self, opportunities):
        program = os.environ.get("LEVER_SIM_BIN")
        if not program:
            raise RuntimeError("The variable LEVER_SIM_BIN must name the practice Lever's program.")
        arguments = ["--addr", "127.0.0.1:0", "--seed", "7", "--key", KEY, "--opportunities", str(opportunities)]
        self._process = subprocess.Popen(
            [program, *arguments], stderr=subprocess.PIPE, text=True, env={**os.environ, "RUST_LOG": "info"}
        )
        self._log = []
        self._heard = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.address = self._listening_at()

    def _read(self):
        for line in self._process.stderr:
            with self._heard:
                self._log.append(line)
                self._heard.notify()

    def _listening_at(self):
        pattern = re.compile(r"127\.0\.0\.1:(\d+)")
        with self._heard:
            said = lambda: next((found for line in self._log if (found := pattern.search(line))), None)
            found = self._heard.wait_for(said, timeout=LIMIT)
        if not found:
            self.stop()
            raise RuntimeError(f"The practice Lever did not start:\n{''.join(self._log)}")
        return ("127.0.0.1", int(found.group(1)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._process.stderr.close()

    def practice(self, method, path, body=None):
        """Asks the admin API."""
        return self._ask(method, f"/_practice/{path}", body)

    def api(self, method, path, body=None):
        """Asks Lever's API, as the customer that has the key."""
        key = base64.b64encode(f"{KEY}:".encode()).decode()
        return self._ask(method, f"/v1/{path}", body, {"authorization": f"Basic {key}"})

    def _ask(self, method, path, body, headers=None):
        request = urllib.request.Request(
            f"http://{self.address[0]}:{self.address[1]}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json", **(headers or {})},
        )
        # Whatever proxy this machine has is not for this.
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=LIMIT) as answer:
            return json.loads(answer.read())
