"""The cloud's APIs for a test, by a person's password."""
import json
import urllib.request


class Cloud:
    def __init__(self, url, user, password, project):
        self.url = url
        domain = {"id": "default"}
        auth = {"identity": {"methods": ["password"], "password": {"user": {"name": user, "password": password, "domain": domain}}},
                "scope": {"project": {"name": project, "domain": domain}}}
        self.headers = {"Content-Type": "application/json"}
        self.token = self.send("POST", "/identity/v3/auth/tokens", {"auth": auth}, whole=True).headers["X-Subject-Token"]
        self.headers["X-Auth-Token"] = self.token

    def send(self, method, path, body=None, whole=False):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, method=method, data=data, headers=self.headers)
        answer = urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20)
        return answer if whole else json.loads(answer.read() or "null")
