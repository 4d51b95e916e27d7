"""A headless Chromium, spoken to by the WebDriver protocol (W3C) with nothing but Python's standard library.

Debian's packages: chromium, chromium-driver. One Browser is one driver, one browser and one empty profile; all end together.
"""
import base64
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"TAB": "\ue004", "ENTER": "\ue007", "ESCAPE": "\ue00c", "SPACE": " ", "DOWN": "\ue015", "UP": "\ue013", "SHIFT": "\ue008"}


class Browser:
    def __init__(self, width=1280, height=900, patience=15):
        self.patience = patience
        self.profile = tempfile.mkdtemp(prefix="fairway-browser-")
        self.driver, self.session = None, None
        try:
            self.base = f"http://127.0.0.1:{self._start()}"
            args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-device-scale-factor=1",
                    "--password-store=basic", f"--user-data-dir={self.profile}/profile", f"--window-size={width},{height}"]
            wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": {"args": args}, "goog:loggingPrefs": {"browser": "ALL"}}}}
            self.session = self._send("POST", "/session", wanted)["sessionId"]
        except Exception:
            self.close()
            raise

    def _start(self):
        """Starts the driver and returns its port. It ends at once when somebody takes the port that it chose between its
        binding of IPv4 and of IPv6: then another."""
        log = pathlib.Path(self.profile, "driver.log")
        for _ in range(5):
            with log.open("a") as complaints:
                self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=complaints, text=True,
                                               start_new_session=True, env={**os.environ, "HOME": self.profile})
            for line in self.driver.stdout:
                found = re.search(r"successfully on port (\d+)", line)
                if found:
                    return int(found.group(1))
            self.driver.wait(10)
        raise RuntimeError("chromedriver did not start: " + log.read_text()[-500:])

    def _send(self, method, path, body=None):
        data = None if body is None and method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method, headers={"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise RuntimeError(f"{value['error']}: {value['message'].splitlines()[0]}") from None

    def call(self, method, path, body=None):
        return self._send(method, f"/session/{self.session}{path}", body)

    # ---- what a person does

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def url(self):
        return self.call("GET", "/url")

    def reload(self):
        self.call("POST", "/refresh")

    def script(self, text, *arguments):
        return self.call("POST", "/execute/sync", {"script": text, "args": list(arguments)})

    def find(self, css=None, text=None):
        """The first visible element by CSS, whose own text (or accessible label) is or contains `text`; waits for it."""
        return self.until(lambda: self._find(css or "*", text), f"no {css or 'element'} with the text {text!r}")

    def _find(self, css, text):
        return self.script("""
            const [css, text] = arguments;
            const seen = (e) => e.checkVisibility({checkOpacity: false, checkVisibilityCSS: true});
            const all = [...document.querySelectorAll(css)].filter(seen);
            if (text === null) return all[0] || null;
            const words = (e) => [e.getAttribute('aria-label') || '', e.textContent.replace(/\\s+/g, ' ').trim()];
            return all.find((e) => words(e).includes(text)) || all.filter((e) => words(e).some((w) => w.includes(text))).pop() || null;
        """, css, text)

    def click(self, css=None, text=None):
        self.call("POST", f"/element/{self.find(css, text)[ELEMENT]}/click")

    def type(self, css, text):
        element = self.find(css)[ELEMENT]
        self.call("POST", f"/element/{element}/clear")
        self.call("POST", f"/element/{element}/value", {"text": text})

    def keys(self, *names):
        """Presses keys one after the other: names of KEYS, or text."""
        actions = []
        for name in names:
            for key in ([KEYS[name]] if name in KEYS else list(name)):
                actions += [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def text(self, css="body"):
        return self.script("return document.querySelector(arguments[0])?.innerText || ''", css)

    def focused(self):
        """What has the focus, in words."""
        return self.script("""const e = document.activeElement;
            return (e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent || e.id || e.tagName).trim().slice(0, 80)""")

    def until(self, condition, complaint):
        deadline = time.monotonic() + self.patience
        while True:
            found = condition()
            if found:
                return found
            if time.monotonic() > deadline:
                raise RuntimeError(f"{complaint} within {self.patience} s; the page says:\n{self.text()[:2000]}")
            time.sleep(0.03)

    def sees(self, text, css="body"):
        self.until(lambda: text in re.sub(r"\s+", " ", self.text(css)), f"{text!r} is not seen in {css}")

    def sees_no(self, text, css="body"):
        self.until(lambda: text not in re.sub(r"\s+", " ", self.text(css)), f"{text!r} is still seen in {css}")

    # ---- how it looks

    def colours(self, scheme):
        """'light' or 'dark'."""
        self.call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia",
                                                "params": {"features": [{"name": "prefers-color-scheme", "value": scheme},
                                                                        {"name": "prefers-reduced-motion", "value": "reduce"}]}})

    def size(self, width, height):
        self.call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride",
                                                "params": {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}})

    def screenshot(self, path):
        pathlib.Path(path).write_bytes(base64.b64decode(self.call("GET", "/screenshot")))

    def cookies(self):
        return self.call("GET", "/cookie")

    def complaints(self):
        """Errors in the browser's console since the last call: a script's, a refused policy's."""
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"}) if entry["level"] == "SEVERE"]

    def close(self):
        if self.session:
            try:
                self._send("DELETE", f"/session/{self.session}")
            except (RuntimeError, OSError):
                pass
            self.session = None
        if self.driver.poll() is None:
            os.killpg(self.driver.pid, signal.SIGTERM)
            try:
                self.driver.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.driver.pid, signal.SIGKILL)
                self.driver.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
        return False
