// `@modelcontextprotocol/sdk` 1.x: protocol 2025-11-25, questions come as requests.

import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CreateMessageRequestSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { ask, capabilities } from './ask.mjs';

const schemas = { 'elicitation/create': ElicitRequestSchema, 'sampling/createMessage': CreateMessageRequestSchema };
const kind = {
  Client,
  Transport: StreamableHTTPClientTransport,
  UnauthorizedError,
  options: { capabilities },
  finish: (transport, parameters) => transport.finishAuth(parameters.get('code')),
};
await ask(kind, (client, method, handler) => client.setRequestHandler(schemas[method], handler));
