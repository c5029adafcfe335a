// The whole of jest's TypeScript transform: Node's own type stripping, which keeps lines and columns as they are.
import { stripTypeScriptTypes } from 'node:module';

export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
};
