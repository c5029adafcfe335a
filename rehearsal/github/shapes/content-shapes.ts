import { posix } from 'node:path';

import type { components } from '@octokit/openapi-types';

import type { Addresses } from '../addresses.ts';
import { bytesOf, childrenOf, entryId, treeId, type Entry, type Files } from '../git/objects.ts';

type Schemas = components['schemas'];

/** Contents up to this size come with the answer [docs:rest/repos/contents]. */
const ordinarySize = 1_048_576;

export interface Place {
  readonly repository: string;
  readonly ref: string;
  readonly addresses: Addresses;
}

/** Content of a requested path; null without one. */
export function contentShape(
  files: Files,
  path: string,
  place: Place,
):
  | Schemas['content-file']
  | Schemas['content-symlink']
  | Schemas['content-submodule']
  | Schemas['content-directory']
  | null {
  const entry = files.get(path);
  if (entry === undefined) return folderShape(files, path, place);
  if (entry.kind === 'submodule')
    return { type: 'submodule', submodule_git_url: entry.url, ...common(path, 0, entry.commit, place) };
  const file = fileAt(files, path);
  if (file === null) {
    const target = bytesOf(entry).toString();
    return { type: 'symlink', target, ...common(path, target.length, entryId(entry), place) };
  }
  const { bytes } = file;
  const isLarge = bytes.length > ordinarySize;
  return {
    type: 'file',
    encoding: isLarge ? 'none' : 'base64',
    content: isLarge ? '' : bytes.toString('base64').replaceAll(/.{60}/gu, '$&\n'),
    ...common(path, bytes.length, entryId(file), place),
  };
}

/** A symlink to an ordinary file of the repository is answered with that file, any other with itself [docs:rest/repos/contents]. */
export function fileAt(files: Files, path: string): Extract<Entry, { kind: 'file' }> | null {
  const entry = files.get(path);
  if (entry?.kind !== 'symlink') return entry?.kind === 'file' ? entry : null;
  const target = files.get(posix.join(posix.dirname(path), entry.target));
  return target?.kind === 'file' ? target : null;
}

/** A thousand entries at most. A submodule in a list calls itself a file [docs:rest/repos/contents]. */
function folderShape(files: Files, path: string, place: Place): Schemas['content-directory'] | null {
  const folder = path === '' ? '' : `${path}/`;
  const children = [...childrenOf(files, folder)].slice(0, 1000);
  if (children.length === 0) return null;
  return children.map(([name, entry]) => {
    const size = entry?.kind === 'file' ? entry.bytes.length : 0;
    const sha = entry === null ? treeId(files, `${folder}${name}/`) : entryId(entry);
    const type = entry === null ? 'dir' : entry.kind === 'submodule' ? 'file' : entry.kind;
    return { type, ...common(`${folder}${name}`, size, sha, place) };
  });
}

type Common = Omit<Schemas['content-submodule'], 'type' | 'submodule_git_url'>;

function common(path: string, size: number, sha: string, { repository, ref, addresses }: Place): Common {
  const { api, web } = addresses;
  const escaped = path.split('/').map(encodeURIComponent).join('/');
  const [url, git] = [
    `${api}/repos/${repository}/contents/${escaped}?ref=${ref}`,
    `${api}/repos/${repository}/git/blobs/${sha}`,
  ];
  const html = `${web}/${repository}/blob/${ref}/${escaped}`;
  return {
    ...{ name: path.split('/').at(-1) ?? '', path, size, sha, url, html_url: html, git_url: git },
    download_url: `https://raw.githubusercontent.com/${repository}/${ref}/${escaped}`,
    _links: { self: url, git, html },
  };
}
