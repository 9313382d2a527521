// A person in Chromium who agrees, and the address to which the browser is sent at last: a page on
// this machine, an app, or a page elsewhere that hands on to an app.
//
// usage: node hops.mjs <authorization url> <beginning of the last address> <key> <certificate>
// The key (PKCS #8) and the certificate are files in DER.
// `https://editor.test` is served here, and hands everything on to `cursor://editor.test`.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { chromium } from 'playwright-core';

const [url, end, key, cert] = process.argv.slice(2);
const say = (step, more = {}) => console.log(JSON.stringify({ step, ...more }));

const pem = (kind, file) => {
  const lines = readFileSync(file).toString('base64').match(/.{1,64}/g).join('\n');
  return `-----BEGIN ${kind}-----\n${lines}\n-----END ${kind}-----\n`;
};
const proof = { key: pem('PRIVATE KEY', key), cert: pem('CERTIFICATE', cert) };
const editor = createServer(proof, (request, response) => {
  response.writeHead(302, { location: `cursor://editor.test${request.url}` }).end();
});
await new Promise((resolve) => editor.listen(0, '127.0.0.1', resolve));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--ignore-certificate-errors',
    `--host-resolver-rules=MAP editor.test:443 127.0.0.1:${editor.address().port}`,
  ],
});
try {
  const page = await browser.newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  // An app is not opened here, so that hop is seen by its request alone. A form that may not be sent
  // there never makes it.
  const last = page.waitForRequest((request) => request.url().startsWith(end));
  await page.goto(url);
  await page.locator('button[value="approve"]').click({ noWaitAfter: true });
  const hops = [];
  for (let request = await last; request; request = request.redirectedFrom()) hops.unshift(request.url());
  say('hops', { hops });
  const expected = /favicon/;
  say('console', { complaints: complaints.filter((text) => !expected.test(text)) });
} finally {
  await browser.close();
  editor.close();
}
say('done');
process.exit(0);
