"""HTML tags in Markdown: which are tags, and whether words on both sides of one are apart."""

import re

TAG = re.compile(
    r"</?([a-z][a-z0-9]*)((?:\s+[\w:.@-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))*)\s*/?>|<!--.*?-->",
    re.IGNORECASE | re.DOTALL,
)
WITHIN_WORDS = re.compile(
    "a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|s|samp|small|span|strike|strong|sub|sup|"
    "time|tt|u|var|wbr"
)
BETWEEN_WORDS = re.compile(
    "address|article|aside|blockquote|body|br|button|center|col|colgroup|dd|details|dialog|div|dl|dt|fieldset|"
    "figcaption|figure|footer|form|h[1-6]|head|header|hr|html|iframe|img|input|legend|li|link|main|meta|nav|ol|option|"
    "p|picture|pre|section|select|source|style|summary|svg|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|"
    "ul|video|audio"
)


def without_tag(text: str) -> str:
    """What is read of what may be a tag: "<b>" nothing, "<br>" a space, "<Mary>" itself."""
    found = TAG.fullmatch(text)
    if not found:
        return text
    name = (found[1] or "").lower()
    if not name or BETWEEN_WORDS.fullmatch(name):
        return " "
    return "" if WITHIN_WORDS.fullmatch(name) else text
