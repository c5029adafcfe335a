import { createHash } from 'node:crypto';

/** The content of a path. */
export type Entry =
  | { readonly kind: 'file'; readonly bytes: Buffer }
  | { readonly kind: 'symlink'; readonly target: string }
  | { readonly kind: 'submodule'; readonly commit: string; readonly url: string };

/** All files of a commit, by path. */
export type Files = ReadonlyMap<string, Entry>;

/** An author or a committer: free text, and the account that GitHub finds by the address; null for none. */
export interface Signature {
  readonly userId: number | null;
  readonly name: string;
  readonly email: string;
  /** ms epoch. */
  readonly at: number;
}

export interface Commit {
  readonly sha: string;
  readonly files: Files;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Signature;
  readonly committer: Signature;
}

/** The object that means no commit: the state of a new branch before, and of a deleted one after. */
export const noCommit = '0'.repeat(40);

/** Of a file or a symlink the hash of the blob, of a submodule its commit. */
export function entryId(entry: Entry): string {
  return entry.kind === 'submodule' ? entry.commit : objectId('blob', bytesOf(entry));
}

export function bytesOf(entry: Entry): Buffer {
  if (entry.kind === 'file') return entry.bytes;
  return Buffer.from(entry.kind === 'symlink' ? entry.target : '');
}

/** The hash of a folder; the default is the root. */
export function treeId(files: Files, folder = ''): string {
  const children = childrenOf(files, folder);
  // git sorts folders as if their names ended with a slash.
  const sorted = [...children].sort(([a, one], [b, other]) =>
    Buffer.compare(Buffer.from(one === null ? `${a}/` : a), Buffer.from(other === null ? `${b}/` : b)),
  );
  const lines = sorted.map(([name, entry]) => {
    const id = entry === null ? treeId(files, `${folder}${name}/`) : entryId(entry);
    return Buffer.concat([Buffer.from(`${modeOf(entry)} ${name}\0`), Buffer.from(id, 'hex')]);
  });
  return objectId('tree', Buffer.concat(lines));
}

/** The names in a folder (empty, or with a slash at its end); null means a folder. */
export function childrenOf(files: Files, folder: string): ReadonlyMap<string, Entry | null> {
  const children = new Map<string, Entry | null>();
  for (const [path, entry] of files) {
    if (!path.startsWith(folder)) continue;
    const [name = '', ...below] = path.slice(folder.length).split('/');
    children.set(name, below.length === 0 ? entry : null);
  }
  return children;
}

export function commitOf(content: Omit<Commit, 'sha'>): Commit {
  const { files, parents, message, author, committer } = content;
  const text = [
    `tree ${treeId(files)}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${signed(author)}`,
    `committer ${signed(committer)}`,
    '',
    message,
  ].join('\n');
  return { ...content, sha: objectId('commit', Buffer.from(`${text}\n`)) };
}

function signed({ name, email, at }: Signature): string {
  return `${name} <${email}> ${Math.floor(at / 1000)} +0000`;
}

function modeOf(entry: Entry | null): string {
  if (entry === null) return '40000';
  return { file: '100644', symlink: '120000', submodule: '160000' }[entry.kind];
}

function objectId(type: string, content: Buffer): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
}
