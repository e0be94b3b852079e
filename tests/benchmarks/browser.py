"""A signed-in browser, without the browser: pages over one connection."""

from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.benchmarks.conftest import EMAIL, PASSWORD, Connection


class Browser:
    def __init__(self, port: int) -> None:
        self.connection = Connection("127.0.0.1", port, timeout=60)
        self.cookies: SimpleCookie = SimpleCookie()
        self.get("/login")
        fields = {"email": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": self.cookies["csrftoken"].value}
        self.ask("POST", "/login", urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"}, status=302)

    def get(self, path: str) -> bytes:
        return self.ask("GET", path, None, {})

    def ask(self, method: str, path: str, body: str | None, headers: dict[str, str], *, status: int = 200) -> bytes:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        self.connection.request(method, path, body, headers | {"Accept": "text/html", "Cookie": cookies})
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status == status, content
        for header in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(header)
        return content

    def close(self) -> None:
        self.connection.close()
