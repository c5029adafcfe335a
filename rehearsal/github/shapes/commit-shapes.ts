import type { components } from '@octokit/openapi-types';

import type { Addresses } from '../addresses.ts';
import type { Change } from '../git/history.ts';
import { bytesOf, entryId, treeId, type Commit, type Signature } from '../git/objects.ts';
import { nodeId, time } from '../ids.ts';
import type { People } from '../people.ts';
import { userShape } from './user-shape.ts';

type Schemas = components['schemas'];

export interface Shaping {
  readonly repository: string;
  readonly people: People;
  readonly addresses: Addresses;
}

/** A commit without its files. */
export function commitShape(commit: Commit, { repository, people, addresses }: Shaping): Schemas['commit'] {
  const { sha, files, parents, message, author, committer } = commit;
  const url = (id: string): string => `${addresses.api}/repos/${repository}/commits/${id}`;
  const page = (id: string): string => `${addresses.web}/${repository}/commit/${id}`;
  const tree = treeId(files);
  return {
    ...{ sha, url: url(sha), html_url: page(sha), comments_url: `${url(sha)}/comments`, node_id: nodeId('C', sha) },
    commit: {
      url: `${addresses.api}/repos/${repository}/git/commits/${sha}`,
      ...{ author: signatureShape(author), committer: signatureShape(committer), message, comment_count: 0 },
      tree: { sha: tree, url: `${addresses.api}/repos/${repository}/git/trees/${tree}` },
      verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
    },
    author: userShape(people.withId(author.userId), addresses),
    committer: userShape(people.withId(committer.userId), addresses),
    parents: parents.map((id) => ({ sha: id, url: url(id), html_url: page(id) })),
  };
}

function signatureShape({ name, email, at }: Signature): Schemas['nullable-git-user'] {
  return { name, email, date: time(at) };
}

/** @param sha the commit that the file is in */
export function changeShape(change: Change, sha: string, { repository, addresses }: Shaping): Schemas['diff-entry'] {
  const { path, status, entry, previousPath } = change;
  const place = path.split('/').map(encodeURIComponent).join('/');
  const lines = bytesOf(entry).toString().split('\n').length;
  const [additions, deletions] = status === 'removed' ? [0, lines] : status === 'renamed' ? [0, 0] : [lines, 0];
  return {
    ...{ sha: entryId(entry), filename: path, status, additions, deletions, changes: additions + deletions },
    blob_url: `${addresses.web}/${repository}/blob/${sha}/${place}`,
    raw_url: `${addresses.web}/${repository}/raw/${sha}/${place}`,
    contents_url: `${addresses.api}/repos/${repository}/contents/${place}?ref=${sha}`,
    ...(previousPath === undefined ? {} : { previous_filename: previousPath }),
  };
}
