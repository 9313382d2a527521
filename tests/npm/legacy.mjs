// `@modelcontextprotocol/sdk` 1.x: protocol 2025-11-25, with `initialize`.

import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { run } from './session.mjs';

await run({
  Client,
  Transport: StreamableHTTPClientTransport,
  UnauthorizedError,
  options: {},
  finish: (transport, parameters) => transport.finishAuth(parameters.get('code')),
});
