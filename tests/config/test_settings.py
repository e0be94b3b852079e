"""Settings that can't be: the start stops with a sentence, never a traceback."""

import os
import subprocess
import sys

import pytest

BAD = {
    "PORT": ["abc", "0", "-1", "99999", "8000.5"],
    "WORKERS": ["abc", "-1"],
    "WEB_PROCESSES": ["0", "two"],
    "DEBUG": ["perhaps"],
    "USE_MONGODB": ["maybe"],
    "REGISTRATION_OPEN": ["sometimes"],
    "MONGODB_TIMEOUT": ["x"],
    "LOG_LEVEL": ["nonsense"],
    "SITE_URL": ["http://[bad", "example.com", "ftp://example.com"],
    "REDIS_URL": ["nonsense", "http://localhost"],
    "RATE_SIGN_IN": ["5", "five/m"],
    "TRUSTED_PROXIES": ["nginx"],
    "RATE_UPLOAD": ["60"],
    "CORS_ORIGINS": ["app.example.com", "https://a.example/", "https://a.example, ftp://b.example", "https://[bad"],
    "EMAIL_URL": ["mail.example.com", "gopher://mail.example.com", "smtp://mail.example.com:mail"],
    "STORAGE_QUOTA_MB": ["lots", "0"],
    "LOUDNESS_LUFS": ["loud", "3", "-41", "-16.5"],
    "VAR_DIR": ["/dev/null/var"],
}


def load(**environ):
    command = [sys.executable, "-c", "from config import settings as s; print(s.SITE_URL, s.ALLOWED_HOSTS)"]
    clean = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull}
    return subprocess.run(command, env=clean | environ, capture_output=True, text=True, cwd="config/..")


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_a_setting_that_cannot_be_stops_the_start(tmp_path, name, value):
    result = load(**{"VAR_DIR": str(tmp_path), name: value})
    assert result.returncode == 1
    assert result.stderr.startswith("Echodesk can't start: ")
    assert name in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("host", "site", "allowed"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000", "127.0.0.1"),
        ("0.0.0.0", "http://127.0.0.1:8000", "0.0.0.0"),
        ("::1", "http://[::1]:8000", "[::1]"),
    ],
)
def test_the_address_follows_the_host(tmp_path, host, site, allowed):
    result = load(VAR_DIR=str(tmp_path), HOST=host)
    assert result.stdout.split()[0] == site
    assert f"'{allowed}'" in result.stdout
