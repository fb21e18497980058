"""PURE: what a browser is told about every answer of the viewer, and whom the viewer answers.

No script but the files here, no inline script at all; no style but the files here, save what plotly.js writes into the
one <style> that carries this answer's nonce, and one sheet of its maps (never drawn here) that it inserts by itself,
named by its hash. Telemetry that got into a page as HTML, by whatever mistake, could neither run nor call home.
"""

from collections.abc import Mapping

from local.api_gateway.hosts import host_name, is_served

# Of the style sheet that plotly.js 3 inserts for its maps when it is loaded.
PLOTLY_STYLE = "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='"


def answer_headers(nonce: str) -> Mapping[str, str]:
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": f"'self' 'nonce-{nonce}' {PLOTLY_STYLE}",
        "img-src": "'self' data: blob:",  # blob: and data: are a widget that becomes a PNG
        "connect-src": "'self'",
        "font-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
        "frame-src": "'self'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
    }


def refusal(method: str, headers: Mapping[str, str]) -> str:
    """Why a request is not answered; "" when it is.

    A host name that is rebound to 127.0.0.1 is another site's page. Another site may lead people here, by a link, and
    may not fetch anything: it could not read the answer, but a Logs Insights query costs money.
    """
    host = host_name(headers.get("Host"))
    if not is_served(host, frozenset()):
        return f"no host {host!r} here; 127.0.0.1 and localhost are"
    if method not in ("GET", "HEAD"):
        return f"{method} is not taken: the viewer only reads"
    site, mode = headers.get("Sec-Fetch-Site", "none"), headers.get("Sec-Fetch-Mode", "navigate")
    if site not in ("none", "same-origin") and mode != "navigate":
        return "pages of another site may not fetch this"
    return ""
