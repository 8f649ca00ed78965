import { EXIT, type ExitCode } from '../../src/cli/exit-codes.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import type { Terminal } from '../../src/cli/terminal.ts'

export interface Captured {
  readonly exitCode: ExitCode
  readonly out: string
  readonly err: string
  /** What was printed, as the one JSON value that it is. */
  json(): ReturnType<typeof JSON.parse>
}

export interface Surroundings {
  readonly env?: NodeJS.ProcessEnv
  readonly input?: string
  /** Of the screen. @defaultValue no screen */
  readonly columns?: number
  /** Tells the command to end. */
  readonly interrupted?: Promise<void>
}

/** Runs a command line in this process, with a terminal that remembers. */
export async function signalbox(words: readonly string[], surroundings: Surroundings = {}): Promise<Captured> {
  const { terminal, written } = captured(surroundings)
  const ended = await runCli(words, terminal)
  return { exitCode: ended, ...written, json: () => parsed(written) }
}

/** A command that printed nothing says why among its notes. */
function parsed({ out, err }: { readonly out: string; readonly err: string }): ReturnType<typeof JSON.parse> {
  if (out === '') throw new Error(`The command printed nothing; its notes: ${err || 'none'}`)
  return JSON.parse(out)
}

/** A terminal that remembers. */
export function captured(surroundings: Surroundings = {}) {
  const written = { out: '', err: '' }
  const append = (stream: keyof typeof written, text: string) => {
    written[stream] += text
  }
  let exitCode: ExitCode = EXIT.done
  const terminal: Terminal = {
    write: text => append('out', text),
    print: line => append('out', `${line}\n`),
    note: line => append('err', `${line}\n`),
    env: surroundings.env ?? {},
    command: 'signalbox',
    columns: surroundings.columns,
    input: async () => surroundings.input ?? '',
    interrupted: () => surroundings.interrupted ?? new Promise(() => {}),
    lastWords: () => () => {},
    end: code => {
      exitCode = code
    },
    get exitCode() {
      return exitCode
    },
    leave: () => {},
  }
  return { terminal, written }
}
