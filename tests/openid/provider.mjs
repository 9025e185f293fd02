// An OpenID provider that others wrote (npm oidc-provider), on a port of its own, with faults on demand.
//
//   node provider.mjs FOLDER   FOLDER: where oidc-provider is installed; prints its address
//
// POST /control {"claims": {...}}   what the next ID tokens say instead, signed with the provider's own key
// POST /control {"userinfo": 401 | "signed" | "another" | ""}   what userinfo answers: a status, a JWT, another user
// POST /control {"redirect": "..."} where clients are sent back to
// POST /control {"rotate": "kept" | "replaced"}   another key signs; "replaced": the keys that it shows stay as they were
import { createServer } from 'node:http';
import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const { default: Provider } = await import(
  pathToFileURL(`${process.argv[2]}/node_modules/oidc-provider/lib/index.js`)
);
const people = new Map();
let provider, key, shown, issuer, userinfo = '', claims = {}, redirects = [];

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(jwk.n).digest('hex').slice(0, 8);
  return { privateKey, jwk: { ...jwk, kid, use: 'sig', alg: 'RS256' } };
}

const packed = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(content, { privateKey, jwk }) {
  const text = `${packed({ alg: 'RS256', typ: 'JWT', kid: jwk.kid })}.${packed(content)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey).toString('base64url')}`;
}

function begin() {
  provider = new Provider(issuer, {
    clients: [{ client_id: 'portal', client_secret: 'a secret of the test & more', redirect_uris: redirects }],
    jwks: { keys: [key.jwk] },
    cookies: { keys: ['cookies of the test'] },
    claims: { email: ['email', 'email_verified'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (ctx, interaction) => `/login/${interaction.uid}` },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 600 },
    async findAccount(ctx, id) {
      const { email, verified } = people.get(id) ?? {};
      return { accountId: id, claims: async () => ({ sub: id, email, email_verified: verified }) };
    },
    async loadExistingGrant(ctx) {
      const { client, session } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === '/token' && ctx.body?.id_token) {
      const content = JSON.parse(Buffer.from(ctx.body.id_token.split('.')[1], 'base64url'));
      const said = { ...content, ...claims };
      for (const name of Object.keys(claims)) if (claims[name] === null) delete said[name];
      ctx.body = { ...ctx.body, id_token: signed(said, key) };
    }
    if (ctx.path === '/me' && userinfo) {
      if (userinfo === 'another') ctx.body = { ...ctx.body, sub: 'another' };
      else if (userinfo === 'signed') [ctx.body, ctx.type] = [signed(ctx.body, key), 'application/jwt'];
      else [ctx.status, ctx.body] = [userinfo, { error: 'insufficient_scope' }];
    }
    if (ctx.path === '/jwks') ctx.body = { keys: shown.map(({ jwk: { kty, n, e, kid, use, alg } }) => ({ kty, n, e, kid, use, alg })) };
  });
}

async function body(request) {
  let text = '';
  for await (const part of request) text += part;
  return text;
}

async function control(request, response) {
  const asked = JSON.parse(await body(request));
  if (asked.claims) claims = asked.claims;
  if ('userinfo' in asked) userinfo = asked.userinfo;
  if (asked.redirect) redirects = [asked.redirect];
  if (asked.rotate) {
    const old = shown;
    key = newKey();
    shown = asked.rotate === 'replaced' ? old : [key];
  }
  begin();
  response.writeHead(204).end();
}

const FORM = `<!DOCTYPE html><html lang="en"><title>Test provider</title><main><h1>Test provider</h1><form method="post">
<label>User <input name="sub"></label> <label>E-mail <input name="email"></label>
<label><input type="checkbox" name="verified" checked> Verified</label> <button>Log in</button></form></main></html>`;

async function login(request, response) {
  if (request.method === 'GET') return response.writeHead(200, { 'Content-Type': 'text/html' }).end(FORM);
  const form = new URLSearchParams(await body(request));
  if (!form.get('sub')) {
    return provider.interactionFinished(request, response, { error: 'access_denied' });
  }
  people.set(form.get('sub'), { email: form.get('email'), verified: form.has('verified') });
  return provider.interactionFinished(request, response, { login: { accountId: form.get('sub') } });
}

const server = createServer((request, response) => {
  if (request.url === '/control') return control(request, response);
  if (request.url.startsWith('/login/')) return login(request, response);
  return provider.callback()(request, response);
});
server.listen(0, '127.0.0.1', () => {
  // another site than the portal's 127.0.0.1, for browsers
  issuer = `http://localhost:${server.address().port}`;
  key = newKey();
  shown = [key];
  begin();
  console.log(issuer);
});
