// A page of another site that shows shops in frames: `127.0.0.1` is another site than the shop's `localhost`.

import { type Server, createServer } from 'node:http';

/** What a sandbox must allow for a shop to work in it at all. */
export const LEAST = 'allow-scripts allow-forms allow-same-origin';

/** A frame of the page. */
export interface Framed {
  name: string;
  address: string;
  sandbox?: string;
}

export class Parent {
  private constructor(
    readonly origin: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<Parent> {
    // The page that an address asks for stands in its query.
    const server = createServer((request, answer) => {
      const html = new URL(request.url ?? '/', 'http://parent').searchParams.get('page') ?? '';
      answer.setHeader('content-type', 'text/html; charset=utf-8');
      answer.end(html);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    if (typeof address !== 'object' || !address) throw new Error('no address');
    return new Parent(`http://127.0.0.1:${address.port}`, server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** The address of a page with these frames. It keeps every message that it can hear. */
  page(...frames: Framed[]): string {
    const drawn = frames.map(({ name, address, sandbox }) => {
      const limits = sandbox === undefined ? '' : ` sandbox="${sandbox}"`;
      return `<iframe name="${name}" title="${name}" src="${address}"${limits} width="700" height="800"></iframe>`;
    });
    const script = `heard = []; addEventListener('message', (event) => heard.push(JSON.stringify(event.data)));`;
    const html = `<!DOCTYPE html><title>Parent</title><script>${script}</script>${drawn.join('')}`;
    return `${this.origin}/?page=${encodeURIComponent(html)}`;
  }
}
