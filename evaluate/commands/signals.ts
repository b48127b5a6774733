/** Signals that ask to stop: the first one lets every run write a checkpoint, a second one ends at once. */

export function stopOnSignal(signals: readonly NodeJS.Signals[]): {
  stop: AbortSignal;
  /** Signals mean again what they mean to any process. */
  forget(): void;
} {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130);
    // After a hang-up nobody reads what is written, which is no reason to end without a checkpoint.
    if (signal === 'SIGHUP')
      for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
    console.error(`\n${signal}: stopping after the step at hand; once more to stop at once`);
    controller.abort(signal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    stop: controller.signal,
    forget() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
