// `@modelcontextprotocol/client` 2.x, pinned to protocol 2026-07-28: questions come as results.

import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { ask, capabilities } from './ask.mjs';

const kind = {
  Client,
  Transport: StreamableHTTPClientTransport,
  UnauthorizedError,
  options: { capabilities, versionNegotiation: { mode: { pin: '2026-07-28' } } },
  finish: (transport, parameters) => transport.finishAuth(parameters),
};
await ask(kind, (client, method, handler) => client.setRequestHandler(method, handler));
