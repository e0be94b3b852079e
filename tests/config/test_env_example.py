import re

HELPERS = "rate|networks|integer|switch|choice|url|origins|api_key|token|days"
READ = re.compile(rf"""(?:\benv\.\w+\(|\b(?:{HELPERS})\(\s*env,\s*)["']([A-Z][A-Z0-9_]*)["']""")
LISTED = re.compile(r"^(?:#\s*)?([A-Z][A-Z0-9_]*)=", re.MULTILINE)


def test_env_example_lists_what_the_settings_read_and_nothing_else(settings):
    code = "".join((settings.BASE_DIR / "config" / name).read_text() for name in ("settings.py", "env.py"))
    listed = LISTED.findall((settings.BASE_DIR / ".env.example").read_text())
    assert {"HOST", "RATE_SIGN_IN", "SECRET_KEY", "USE_MONGODB"} <= set(READ.findall(code))  # the pattern works
    assert sorted(listed) == sorted(set(READ.findall(code)))
