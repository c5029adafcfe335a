import type { Line } from '../../src/access/request.ts';
import type { FileReading } from '../../src/action/inputs/file-inputs.ts';
import { fileReading } from '../../src/action/inputs/file-rules.ts';

const place = { file: 'a.yml', line: 1, column: 1 };
const line = (text: string): Line => ({ text, kind: 'any', value: text });

/** One file that owns something, under any name: for tests of the other inputs. */
export const someFiles: FileReading = fileReading(() => ({
  files: [
    {
      path: 'a.yml',
      blob: 'b',
      owns: {
        place,
        principals: null,
        principalTypes: null,
        roles: null,
        targets: [line('t')],
        exclusions: [],
        below: false,
      },
      ignore: [],
      grants: [],
    },
  ],
  faults: [],
}));
