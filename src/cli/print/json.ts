import type { Terminal } from '../terminal.ts'

export interface JsonFlag {
  readonly json?: boolean
}

/** The one thing on standard output of a command with `--json`. */
export function printJson({ print }: Pick<Terminal, 'print'>, value: unknown): void {
  print(JSON.stringify(value, undefined, 2))
}
