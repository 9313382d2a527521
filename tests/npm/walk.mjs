// A person's browser without scripts: cookies, redirects one by one, the consent form by hand.

const HOPS = 15;

/** Opens an authorization URL, agrees to everything, and stops after `callback` was visited. */
export async function signIn(url, callback) {
  const cookies = new Map();
  let answer = await visit(cookies, url);
  for (let hop = 0; hop < HOPS; hop += 1) {
    if (answer.url.startsWith(callback)) return;
    const location = answer.response.headers.get('location');
    if (location) {
      answer = await visit(cookies, new URL(location, answer.url).href);
      continue;
    }
    if (!answer.response.ok) throw new Error(`${answer.response.status} at ${answer.url}: ${answer.body}`);
    answer = await visit(cookies, ...submission(answer));
  }
  throw new Error(`no end after ${HOPS} hops; last at ${answer.url}`);
}

async function visit(cookies, url, form) {
  const { host, hostname, origin } = new URL(url);
  const jar = cookies.get(hostname) ?? new Map();
  cookies.set(hostname, jar);
  const headers = { accept: 'text/html', cookie: [...jar].map(([k, v]) => `${k}=${v}`).join('; ') };
  if (form) headers.origin = origin;
  const method = form ? 'POST' : 'GET';
  const response = await fetch(url, { method, headers, body: form, redirect: 'manual' });
  for (const line of response.headers.getSetCookie()) {
    const [pair] = line.split(';');
    const at = pair.indexOf('=');
    if (/max-age=0\b/i.test(line)) jar.delete(pair.slice(0, at).trim());
    else jar.set(pair.slice(0, at).trim(), pair.slice(at + 1));
  }
  return { url, host, response, body: await response.text() };
}

/** The page's form with its yes-button pressed. */
function submission({ url, body }) {
  const form = /<form[^]*?<\/form>/.exec(body)?.[0];
  if (!form) throw new Error(`a page without a form at ${url}: ${body}`);
  const attribute = (tag, name) => {
    const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(tag);
    return found && unescape(found[1] ?? found[2] ?? found[3]);
  };
  const fields = new URLSearchParams();
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const box = /checkbox|radio/.test(attribute(tag, 'type') ?? '');
    if (attribute(tag, 'name') && (!box || /\schecked/.test(tag))) {
      fields.append(attribute(tag, 'name'), attribute(tag, 'value') ?? '');
    }
  }
  const buttons = [...form.matchAll(/<button[^>]*>/g)].map(([tag]) => tag);
  const yes = buttons.find((tag) => attribute(tag, 'value') === 'approve') ?? buttons[0];
  if (yes && attribute(yes, 'name')) fields.append(attribute(yes, 'name'), attribute(yes, 'value') ?? '');
  return [new URL(attribute(form.slice(0, form.indexOf('>') + 1), 'action') ?? '', url).href, fields];
}

function unescape(text) {
  const named = { quot: '"', lt: '<', gt: '>', amp: '&', apos: "'" };
  return text
    .replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, number) => String.fromCodePoint(Number(number)))
    .replace(/&(quot|lt|gt|amp|apos);/g, (_, name) => named[name]);
}
