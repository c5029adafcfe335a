import { createHash } from 'node:crypto';
import type { Fault } from '#access/errors';
import { readAccessFiles, type RawFile } from '#access/files/read';
import type { FileReading } from './file-inputs.ts';
import { fileReading } from './file-rules.ts';
import { findFiles, readBytes } from './workspace-files.ts';

/** Reads the access files of a workspace. Loaded only by a step that has some: it has a parser of YAML. */
export function filesIn(workspace: string): FileReading {
  return fileReading((lines, grammar) => {
    const { files, faults } = findFiles(lines, workspace);
    const unread: Fault[] = [];
    function* raw(): Iterable<RawFile> {
      for (const file of files) {
        const bytes = readBytes(file);
        if ('problem' in bytes) unread.push(bytes);
        else yield { path: file.path, blob: blobOf(bytes), bytes };
      }
    }
    const read = readAccessFiles(raw(), grammar);
    return { files: read.files, faults: [...faults, ...unread, ...read.faults] };
  });
}

/** The ID that Git gives to a file with these bytes. Source: Git documentation, "Git Internals - Git Objects". */
export function blobOf(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
