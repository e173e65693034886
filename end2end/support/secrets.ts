// What nobody may read anywhere: in pages, in files of the site, in logs (Z2, Z3).

import { createHash } from 'node:crypto';
import { people } from './people.ts';
import { CLIENT_SECRET } from './shop.ts';

const hash = createHash('sha256').update(CLIENT_SECRET).digest();

/** The client secret as it may be written, and tokens. */
export const secrets: [string, RegExp | string][] = [
  ['the client secret', CLIENT_SECRET],
  ['the client secret in HTML', CLIENT_SECRET.replaceAll('&', '&amp;')],
  ['the client secret in an address', encodeURIComponent(CLIENT_SECRET)],
  ['the client secret in a form', new URLSearchParams({ s: CLIENT_SECRET }).toString().slice(2)],
  ['the client secret in base64', Buffer.from(CLIENT_SECRET).toString('base64').slice(0, -4)],
  ['the client secret in base64url', Buffer.from(CLIENT_SECRET).toString('base64url')],
  ['the hash of the client secret', hash.toString('base64')],
  ['the hash of the client secret in base64url', hash.toString('base64url')],
  ['the hash of the client secret in hexadecimals', hash.toString('hex')],
  ['the name of the secret', 'client_secret'],
  // A signed token of any kind: header and payload both begin with `{"` in base64url.
  ['a token', /eyJ[\w-]+\.eyJ[\w-]+/],
];

/** What a log may not say besides: who somebody is, and what was typed. */
export const persons: [string, RegExp | string][] = [
  ...Object.values(people).flatMap(({ login, password }): [string, string][] => [
    ['a login', login],
    ['a password', password],
  ]),
  ['an e-mail address', /[\w.]+@[\w-]+\.example/],
  ['a name of a person', /Иванова|Георгиева|Димитров|Porter|Lind\b/],
  ['a code of a sign-in', /[?&]code=/],
];

/** Which of these stand in a text. */
export function found(text: string, forbidden: [string, RegExp | string][]): string[] {
  const stands = (pattern: RegExp | string) => (typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text));
  return forbidden.filter(([, pattern]) => stands(pattern)).map(([what]) => what);
}
