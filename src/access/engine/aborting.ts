const actions = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Does something when a signal is aborted, unless the returned function is called first. However many wait for the same
 * signal, it has one listener: a signal walks through all of its listeners for each that comes and goes.
 */
export function whenAborted(signal: AbortSignal, action: () => void): () => void {
  if (signal.aborted) {
    action();
    return () => undefined;
  }
  const known = actions.get(signal) ?? listen(signal);
  known.add(action);
  return () => {
    known.delete(action);
  };
}

function listen(signal: AbortSignal): Set<() => void> {
  const those = new Set<() => void>();
  actions.set(signal, those);
  signal.addEventListener(
    'abort',
    () => {
      for (const action of those) action();
      those.clear();
    },
    { once: true },
  );
  return those;
}
