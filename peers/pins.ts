import { fileURLToPath } from 'node:url';

/** What the peers are, exactly: raised by hand, with what the tests then find. Both are for tests only and never bundled. */
export const pins = {
  /** MIT. Source: the Go module proxy. */
  act: { module: 'github.com/nektos/act', version: 'v0.2.89' },
  /** Apache-2.0. Source: PyPI. */
  moto: { distribution: 'moto[server]', version: '5.2.5' },
} as const;

/** Where they are installed; git ignores it. */
export const cache = fileURLToPath(new URL('../.peers/', import.meta.url));
