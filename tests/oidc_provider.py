"""A small provider of OpenID Connect (Core 1.0, discovery 1.0, PKCE by RFC 7636) for one registered client."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt

CLIENT, SECRET = "bluelamp", "a-secret-of-the-client-of-32-letters"


class Provider(ThreadingHTTPServer):
    """Serves discovery, token and userinfo; `sign_in` does what a person does at its authorization page."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.codes: dict[str, tuple[Mapping[str, str], Mapping[str, Any]]] = {}
        self.tokens: dict[str, Mapping[str, Any]] = {}

    def sign_in(self, address: str, claims: Mapping[str, Any]) -> dict[str, str]:
        """The query that goes back to the client after a person with these claims signed in at `address`."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["client_id"] == CLIENT and asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self.codes[code] = (asked, claims)
        return {"code": code, "state": asked["state"]}

    def answer(self, path: str, form: Mapping[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Status and body for a request."""
        if path == "/.well-known/openid-configuration":
            ends = {name: f"{self.url}/{name.split('_')[0]}" for name in ("authorization_endpoint", "token_endpoint")}
            more = {"issuer": self.url, "userinfo_endpoint": f"{self.url}/userinfo", "jwks_uri": f"{self.url}/jwks"}
            return 200, {**ends, **more, "token_endpoint_auth_methods_supported": ["client_secret_post"]}
        if path == "/token":
            return self._token(form)
        claims = self.tokens.get(authorization.removeprefix("Bearer "))
        return (200, dict(claims)) if path == "/userinfo" and claims else (401, {"error": "invalid_token"})

    def _token(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        asked, claims = self.codes.pop(form.get("code", ""), ({}, {}))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proven = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked.get("code_challenge")
        if not proven or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return 400, {"error": "invalid_grant"}
        token = secrets.token_urlsafe()
        self.tokens[token] = claims
        now = int(time.time())
        body = {**claims, "iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300}
        signed = jwt.encode(body, SECRET, algorithm="HS256")
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 300, "id_token": signed}


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self._answer(dict(parse_qsl(self.rfile.read(length).decode())))

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _answer(self, form: Mapping[str, str]) -> None:
        status, body = self.server.answer(urlsplit(self.path).path, form, self.headers.get("Authorization", ""))
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers until the end of the block."""
    with Provider() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield made
        made.shutdown()
        thread.join()
