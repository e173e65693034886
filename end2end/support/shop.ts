// A portal and a demo instance of their own, started for one worker and stopped with it.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from '@playwright/test';

/** What no page may ever show. It holds signs that look different in addresses, forms and HTML. */
export const CLIENT_SECRET = 'Never+show/this=to~anyone&7f3a';

/** An order as it arrived in the demo instance. */
export interface ArrivedOrder {
  document_no: string;
  external_id: string | null;
  customer: string;
  state: string;
  purchase_order_no: string | null;
  notes: string | null;
  total: string;
  amount_to_pay: string;
  lines: { part_number: string; quantity: string }[];
}

/** A running shop. */
export class Shop {
  private constructor(
    /** Origin of the portal. */
    readonly origin: string,
    /** Origin of the demo instance. */
    readonly instance: string,
    private readonly processes: ChildProcess[],
    private readonly folder: string,
  ) {}

  /** With these settings beside the usual ones. */
  static async start(more: Record<string, string> = {}): Promise<Shop> {
    const target = resolve('../target/debug');
    const portal = process.env.END2END_PORTAL ?? join(target, 'server');
    const demo = process.env.END2END_DEMO ?? join(target, 'demo');
    const [shopPort, demoPort] = [await freePort(), await freePort()];
    const origin = `http://localhost:${shopPort}`;
    const instance = `http://127.0.0.1:${demoPort}`;
    const folder = await mkdtemp(join(tmpdir(), 'vitrina-'));
    const shop = new Shop(origin, instance, [], folder);
    try {
      const words = ['--listen', `127.0.0.1:${demoPort}`, '--portal', origin, '--client-id', 'end2end', '--client-secret', CLIENT_SECRET];
      shop.spawn('demo', demo, words, {});
      await shop.answers(`${instance}/`, (text) => text.length > 0);
      // The settings of an operator with an instance of his own, as docs/operations.md describes them.
      shop.spawn('portal', portal, [], {
        VITRINA_LISTEN: `127.0.0.1:${shopPort}`,
        VITRINA_ORIGIN: origin,
        VITRINA_INSTANCE: instance,
        VITRINA_CLIENT_ID: 'end2end',
        VITRINA_CLIENT_SECRET: CLIENT_SECRET,
        VITRINA_COMPANY: 'OGN',
        VITRINA_LOCATION: 'OGN-SOF',
        VITRINA_DOCUMENT_TYPE: 'SO-WEB',
        VITRINA_CHANNEL: 'WEB',
        VITRINA_WAREHOUSE: 'CENTRAL',
        VITRINA_DATA: join(folder, 'data'),
        // All tests of a worker come from one address.
        VITRINA_SIGN_INS_A_MINUTE: '600',
        LEPTOS_OUTPUT_NAME: 'vitrina',
        LEPTOS_SITE_ROOT: process.env.END2END_SITE ?? resolve('../target/site'),
        LEPTOS_SITE_PKG_DIR: 'pkg',
        ...more,
      });
      // Open for business once the copy of the catalogue is there: the groups stand in the header.
      await shop.answers(`${origin}/en`, (text) => text.includes('/en/group/'));
      return shop;
    } catch (fault) {
      const logs = await shop.logs();
      await shop.stop();
      throw new Error(`the shop did not start: ${fault}\n${logs}`);
    }
  }

  /** Ends it, and tells all that the portal wrote meanwhile. */
  async stop(): Promise<string> {
    await Promise.all(this.processes.map(ended));
    const log = await readFile(join(this.folder, 'portal.log'), 'utf8').catch(() => '');
    await rm(this.folder, { recursive: true, force: true });
    return log;
  }

  /** Every order that arrived in the ERP. */
  async orders(): Promise<ArrivedOrder[]> {
    const answer = await fetch(`${this.instance}/demo/orders`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as ArrivedOrder[];
  }

  /** What both processes wrote, for failures. */
  async logs(): Promise<string> {
    const files = ['demo', 'portal'].map(async (name) => {
      const text = await readFile(join(this.folder, `${name}.log`), 'utf8').catch(() => '');
      return `--- ${name}\n${text.split('\n').slice(-40).join('\n')}`;
    });
    return (await Promise.all(files)).join('\n');
  }

  private spawn(name: string, program: string, words: string[], settings: Record<string, string>): void {
    // Nothing of the developer's own settings may reach the shop under test.
    const inherited = Object.entries(process.env).filter(([key]) => !/^(VITRINA|LEPTOS|END2END)_/.test(key));
    const child = spawn(program, words, {
      cwd: this.folder,
      env: { ...Object.fromEntries(inherited), ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(join(this.folder, `${name}.log`));
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.on('error', (fault) => log.write(`${program}: ${fault}\n`));
    this.processes.push(child);
  }

  private async answers(address: string, open: (text: string) => boolean): Promise<void> {
    const look = async () => {
      const gone = this.processes.find((child) => child.exitCode !== null);
      if (gone) throw new Error(`${gone.spawnfile} ended with ${gone.exitCode}`);
      const answer = await fetch(address, { redirect: 'manual' }).catch(() => undefined);
      return answer?.status === 200 && open(await answer.text());
    };
    await expect.poll(look, { message: address, timeout: 60_000 }).toBe(true);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const end = new Promise((done) => child.once('exit', done));
  child.kill('SIGINT');
  await end;
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => done(port));
    });
  });
}
