"""PyPI `fastmcp`: with BENCH_JWT_SECRET it checks HS256 tokens; BENCH_TOOLS is how many tools."""

import logging
import os

from fastmcp import Context, FastMCP
from fastmcp.server.auth.providers.jwt import JWTVerifier

secret = os.environ.get("BENCH_JWT_SECRET")
auth = None
if secret:
    auth = JWTVerifier(public_key=secret, issuer="bench", audience="bench", algorithm="HS256")

mcp = FastMCP("python", version="1.0.0", auth=auth)
many = os.environ.get("BENCH_TOOLS")
READ_ONLY = {"readOnlyHint": True}

if many:
    for number in range(int(many)):

        def one(id: int, text: str | None = None) -> str:
            """One tool of many, with a description of the usual length."""
            return f"{id} {text}"

        mcp.tool(one, name=f"tool_{number:03}", output_schema=None, annotations=READ_ONLY)
else:

    @mcp.tool(output_schema=None, annotations=READ_ONLY)
    async def echo(text: str) -> str:
        """Repeat a text."""
        return text

    @mcp.tool(output_schema=None, annotations=READ_ONLY)
    async def steps(ctx: Context) -> str:
        """Tell how it goes, ten times."""
        for step in range(1, 11):
            await ctx.report_progress(step / 10, 1.0, "on the way")
        return "done"


logging.disable(logging.INFO)
mcp.run(
    transport="http",
    host="127.0.0.1",
    port=int(os.environ["BENCH_PORT"]),
    path="/mcp",
    stateless_http=not os.environ.get("BENCH_SESSIONS"),
    json_response=not os.environ.get("BENCH_EVENTS"),
    show_banner=False,
    uvicorn_config={"access_log": False, "log_level": "warning"},
)
