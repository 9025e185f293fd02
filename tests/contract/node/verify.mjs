// Verifies requests of webhooks with the package of Standard Webhooks.
//
//     node verify.mjs SECRET < requests.json
//
// Reads a JSON array of {headers, body}. Prints the type of each; fails where a signature is wrong.
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.argv[2]);
const requests = JSON.parse(readFileSync(0, 'utf8'));
const types = requests.map(({ headers, body }) => webhook.verify(body, headers).type);
console.log(JSON.stringify(types));
