import { startWorld, type World } from '../../rehearsal/world.ts';

export async function inWorld(use: (world: World) => Promise<void> | void): Promise<void> {
  const world = await startWorld();
  try {
    await use(world);
  } finally {
    await world.close();
  }
}

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

/** @param path below the estate's repository, or a whole address */
export async function get(world: World, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Got> {
  const { url } = world.github;
  const address = path.startsWith('http') ? path : `${url}/repos/octo-org/infra${path}`;
  const all = { 'user-agent': 'test', authorization: `Bearer ${world.github.token()}`, ...headers };
  const answer = await fetch(address, { headers: all });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : null };
}

/** The next page, by the links of an answer. */
export function nextOf({ headers }: Got): string | undefined {
  return /<(?<next>[^>]+)>; rel="next"/u.exec(headers.get('link') ?? '')?.groups?.['next'];
}
