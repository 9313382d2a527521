// `@modelcontextprotocol/client` 2.x, pinned to protocol 2026-07-28.

import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { run } from './session.mjs';

await run({
  Client,
  Transport: StreamableHTTPClientTransport,
  UnauthorizedError,
  options: { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  finish: (transport, parameters) => transport.finishAuth(parameters),
});
