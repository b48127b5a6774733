/** What a command of `npm run evaluate` is. */
export interface Command {
  /** Shown by --help: what it does, its flags, examples. */
  help: string;
  /** @returns the exit code. */
  run(args: string[]): Promise<number>;
}
