"""User names and passwords in addresses."""

import re

# The second form is a password with a slash in it, which makes of the address one with a port that is not a number.
_BEFORE_HOST = r"(?:[^/?#\s]*@|[^/?#\s@:\[]{0,100}:(?![0-9]{0,5}(?:[/?#\s]|$))[^\s@]{0,200}@)"
_USERINFO = re.compile(rf"(?<=://){_BEFORE_HOST}")
_OWN = re.compile(rf"(https?://){_BEFORE_HOST}", re.IGNORECASE)


def strip_userinfo(url: str) -> str:
    """Remove the user name and password before the host of an http(s) address; leave anything else unchanged.

    >>> strip_userinfo("https://me:p@ss@news.example/a@b"), strip_userinfo("news@example.org")
    ('https://news.example/a@b', 'news@example.org')
    """
    return _OWN.sub(r"\1", url, count=1) if "@" in url else url


def mask_userinfo(text: str) -> str:
    """Replace user names and passwords of addresses in a text by three stars.

    >>> mask_userinfo("see https://me:p@ss@news.example/a and s3://key:secret@bucket")
    'see https://***@news.example/a and s3://***@bucket'
    """
    return _USERINFO.sub("***@", text) if "@" in text else text
