import { artifactOf, downloaded, leftInWorkspace, type Files } from '../files.ts';
import type { StepResult } from '../../runner/step.ts';

/** The files of a run of a workflow, which its jobs share. */
export interface RunFiles {
  /** The files of the repository. */
  readonly repository: Files;
  /** Artifacts, by their names. */
  readonly artifacts: Map<string, Files>;
}

/** The workspace of one job. */
export interface JobFiles {
  files(): Files;
  /** Keeps the files that a step of this action left there. */
  keep(result: StepResult): void;
  /** Does what an action that moves files does. Returns it in a few words; `null` for any other action. */
  move(uses: string, inputs: () => Readonly<Record<string, string>>): string | null;
}

export function makeJobFiles({ repository, artifacts }: RunFiles): JobFiles {
  let workspace: Files = {};
  const checkOut = (): string | null => {
    const count = Object.keys(repository).length;
    if (count === 0) return null;
    workspace = { ...workspace, ...repository };
    return `${count} file${count === 1 ? '' : 's'} of --files`;
  };
  const upload = ({ name = 'artifact', path = '' }: Readonly<Record<string, string>>): string | null => {
    const artifact = artifactOf(workspace, path);
    if (artifact === null) return null;
    artifacts.set(name, artifact);
    return `${path} is the artifact ${name}`;
  };
  const download = ({ name = 'artifact', path = '.' }: Readonly<Record<string, string>>): string | null => {
    const artifact = artifacts.get(name);
    if (artifact === undefined) return null;
    workspace = { ...workspace, ...downloaded(artifact, path) };
    return `the artifact ${name} is in ${path}`;
  };
  return {
    files: () => workspace,
    keep: ({ files }) => {
      workspace = { ...workspace, ...leftInWorkspace(files) };
    },
    move: (uses, inputs) => {
      if (uses.startsWith('actions/checkout@')) return checkOut();
      if (uses.startsWith('actions/upload-artifact@')) return upload(inputs());
      return uses.startsWith('actions/download-artifact@') ? download(inputs()) : null;
    },
  };
}
