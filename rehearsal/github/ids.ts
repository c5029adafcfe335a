import { createHash } from 'node:crypto';

/** An ID that is always the same for the same text, so that no test has to choose it. */
export function numberFor(text: string): number {
  return 10_000_000 + (createHash('sha256').update(text).digest().readUInt32BE() % 80_000_000);
}

export function nodeId(kind: string, id: string | number): string {
  return `${kind}_${Buffer.from(String(id)).toString('base64url')}`;
}

/** The IDs of an environment, whose name has no upper and lower case (docs/design/github.md#environments). */
export function environmentIds(repositoryId: string, name: string): { readonly id: number; readonly nodeId: string } {
  const id = numberFor(`${repositoryId} environment ${name.toLowerCase()}`);
  return { id, nodeId: nodeId('EN', id) };
}

export function workflowId(repository: string, path: string): number {
  return numberFor(`${repository.toLowerCase()} workflow ${path}`);
}

/** To the second, as GitHub writes times. */
export function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
