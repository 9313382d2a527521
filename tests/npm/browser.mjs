// A person in Chromium: consent, the dev sign-in page with a role ticked (or not), the callback.
//
// usage: node browser.mjs <mcp url> <folder for screenshots> <user> [role…]
// The MCP client is the published one; only its browser is driven here.

import { createServer } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { chromium } from 'playwright-core';

const [url, folder, user, ...roles] = process.argv.slice(2);
const say = (step, more = {}) => console.log(JSON.stringify({ step, ...more }));
mkdirSync(folder, { recursive: true });

let heard;
const called = new Promise((resolve) => (heard = resolve));
const loopback = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
  response.end('<!doctype html><title>done</title>You may close this window.');
  if (pathname === '/callback') heard(searchParams);
});
await new Promise((resolve) => loopback.listen(0, '127.0.0.1', resolve));
const redirectUrl = `http://127.0.0.1:${loopback.address().port}/callback`;

const kept = {};
const authProvider = {
  redirectUrl,
  clientMetadata: {
    client_name: 'A client in a browser test',
    redirect_uris: [redirectUrl],
    token_endpoint_auth_method: 'none',
  },
  clientInformation: () => kept.client,
  saveClientInformation: (client) => void (kept.client = client),
  tokens: () => kept.tokens,
  saveTokens: (tokens) => void (kept.tokens = tokens),
  redirectToAuthorization: (authorizationUrl) => void (kept.url = authorizationUrl.href),
  saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
  codeVerifier: () => kept.verifier,
};
const options = { versionNegotiation: { mode: { pin: '2026-07-28' } } };
const transport = () => new StreamableHTTPClientTransport(new URL(url), { authProvider });
const client = () => new Client({ name: 'browser-test', version: '1.0.0' }, options);

// An open tool answers a stranger (the call that the quickstart prints for curl); a client's
// first request starts the login.
const add = { name: 'add', arguments: { a: 1, b: 2 } };
const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: add });
const open = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
say('open', { status: open.status, text: await open.text() });
const first = transport();
try {
  await client().connect(first);
  throw new Error('a stranger was let in');
} catch (error) {
  if (!(error instanceof UnauthorizedError)) throw error;
}

const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ],
});
try {
  const page = browser.pages()[0] ?? (await browser.newPage());
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));

  await page.goto(kept.url);
  await show(page, 'consent');
  await page.locator('button[value="approve"]').click();
  await show(page, 'sign-in');
  for (const role of roles) await page.locator(`input[type="checkbox"][value="${role}"]`).check();
  await page.locator('input[type="text"], input:not([type])').first().fill(user);
  await page.locator('form button[type="submit"], form button').first().click();
  const parameters = await called;
  await page.waitForURL(`${redirectUrl}**`);
  say('callback', { code: parameters.has('code'), error: parameters.get('error') });

  await first.finishAuth(parameters);
  const signedIn = client();
  await signedIn.connect(transport());
  const { tools } = await signedIn.listTools();
  say('tools', { names: tools.map((tool) => tool.name) });
  for (const name of ['hello', 'reset']) {
    const result = await signedIn.callTool({ name, arguments: {} }).catch((error) => error);
    const failed = result instanceof Error || result.isError === true;
    say('call', { name, failed, text: failed ? String(result.message) : result.content[0].text });
  }

  await page.goto(new URL('/oauth/callback?state=unknown&code=x', url).href);
  await show(page, 'problem');
  const expected = /favicon|status of 400/;
  say('console', { complaints: complaints.filter((text) => !expected.test(text)) });
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
  loopback.close();
}
say('done');
process.exit(0);

/** Keeps pictures of a page in light, dark and on a small phone, and measures what a person needs. */
async function show(page, name) {
  const save = (kind) => page.screenshot({ path: join(folder, `${name}-${kind}.png`), fullPage: true });
  await page.waitForLoadState();
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.emulateMedia({ colorScheme: 'light' });
  await save('light');
  const light = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'dark' });
  await save('dark');
  const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 320, height: 640 });
  await save('320');
  const facts = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    scripts: document.scripts.length,
    title: document.title,
    language: document.documentElement.lang,
    headings: document.querySelectorAll('h1').length,
    unlabelled: [...document.querySelectorAll('input:not([type="hidden"])')].filter(
      (input) => !input.labels?.length && !input.getAttribute('aria-label'),
    ).length,
  }));
  say('page', { name, themed: light !== dark, ...facts });
}
