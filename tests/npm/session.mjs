// What both published clients do here, with nothing but their own OAuth machinery:
// register, log in through the consent page, list, call, refresh, call again.
//
// Prints one JSON object a line; the Rust test reads them. With a state file, a later run goes on
// where the earlier one stopped, without logging in.

import { createServer } from 'node:http';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { signIn } from './walk.mjs';

export const say = (step, more = {}) => console.log(JSON.stringify({ step, ...more }));

/** The provider interface that both packages ask for, kept in a file. */
class Store {
  constructor(file, callback) {
    this.file = file;
    this.kept = file && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    this.kept.callback ??= callback;
    this.saves = 0;
  }

  keep(changes) {
    Object.assign(this.kept, changes);
    if (this.file) writeFileSync(this.file, JSON.stringify(this.kept));
  }

  get redirectUrl() {
    return this.kept.callback;
  }

  get clientMetadata() {
    return {
      client_name: 'A published client',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: process.env.AUTH_METHOD ?? 'none',
    };
  }

  state() {
    this.expectedState = crypto.randomUUID();
    return this.expectedState;
  }

  clientInformation() {
    return this.kept.client;
  }

  saveClientInformation(client) {
    say('register', { method: client.token_endpoint_auth_method });
    this.keep({ client });
  }

  tokens() {
    return this.kept.tokens;
  }

  saveTokens(tokens) {
    this.saves += 1;
    this.keep({ tokens });
  }

  redirectToAuthorization(url) {
    this.authorizationUrl = url.href;
  }

  saveCodeVerifier(verifier) {
    this.verifier = verifier;
  }

  codeVerifier() {
    return this.verifier;
  }

  /** Makes the access token useless, so that the client must refresh. */
  spoil() {
    const [head, body, signature] = this.kept.tokens.access_token.split('.');
    const access_token = `${head}.${body}.${signature.split('').reverse().join('')}`;
    this.keep({ tokens: { ...this.kept.tokens, access_token } });
  }
}

/** A loopback listener for one callback. */
async function listener() {
  let heard;
  const called = new Promise((resolve) => (heard = resolve));
  const server = createServer((request, response) => {
    response.end('You may close this window.');
    heard(new URL(request.url, 'http://127.0.0.1').searchParams);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const callback = `http://127.0.0.1:${server.address().port}/callback`;
  return { callback, called, close: () => server.close() };
}

/** A client that is signed in; `prepare` sees it before it connects. */
export async function connect({ Client, Transport, UnauthorizedError, options, finish, prepare }) {
  const [url, file] = process.argv.slice(2);
  const loopback = await listener();
  const store = new Store(file, loopback.callback);
  const attempt = async () => {
    const transport = new Transport(new URL(url), { authProvider: store });
    const client = new Client({ name: 'real-client', version: '1.0.0' }, options);
    prepare?.(client);
    try {
      await client.connect(transport);
      return { client, transport };
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      return { transport };
    }
  };

  let { client, transport } = await attempt();
  if (!client) {
    await signIn(store.authorizationUrl, loopback.callback);
    const parameters = await loopback.called;
    if (parameters.get('state') !== store.expectedState) throw new Error('foreign state');
    await finish(transport, parameters);
    say('login', { iss: parameters.get('iss'), scope: store.tokens().scope });
    ({ client, transport } = await attempt());
  }
  say('connected', { version: client.getNegotiatedProtocolVersion?.() ?? transport.protocolVersion });
  return { client, store, close: () => client.close().then(loopback.close) };
}

export async function run(kind) {
  const { client, store, close } = await connect(kind);
  const { tools } = await client.listTools();
  say('tools', { names: tools.map((tool) => tool.name) });
  const call = async (name, args = {}) => {
    const result = await client.callTool({ name, arguments: args });
    say('call', { name, text: result.content?.[0]?.text, error: result.isError ?? false });
  };
  await call('echo', { text: 'hello' });
  await call('whoami');
  await call('upstream_token_hint');
  await call('write_note', { text: 'three' });

  const before = store.tokens();
  store.spoil();
  const saves = store.saves;
  await call('echo', { text: 'after refresh' });
  const after = store.tokens();
  say('refresh', {
    saves: store.saves - saves,
    rotated: before.refresh_token !== after.refresh_token,
    renewed: before.access_token !== after.access_token,
  });

  const refused = await client.callTool({ name: 'admin_only', arguments: {} }).catch((error) => error);
  say('refused', { error: refused instanceof Error || refused.isError === true, text: String(refused?.message ?? '') });
  await close();
  say('done');
  process.exit(0);
}
