/**
 * Where a command writes, and what it may know of where it runs.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { DAY_MS } from '../core/durations.ts'
import { harmless } from '../core/words/harmless.ts'
import { watchSignals } from '../runtime/watch-signals.ts'
import { asCalledHere, commandWords } from './command-words.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'

export interface Terminal {
  /** To standard output, as it is. */
  write(text: string): void
  /** A line to standard output. */
  print(line: string): void
  /** A line beside the output: notes and problems. Commands in it are called as they are here. */
  note(line: string): void
  readonly env: NodeJS.ProcessEnv
  /** What this command is called in the shell that has called it, for commands that are printed to be pasted. */
  readonly command: string
  /** Of standard output, in characters; `undefined` where it is no screen. */
  readonly columns: number | undefined
  /** All of standard input. */
  input(): Promise<string>
  /** Settles when the process is told to end: Ctrl-C or SIGTERM. */
  interrupted(): Promise<void>
  /** Calls `say` if the process is told to end, and lets it end then. @returns what calls that off */
  lastWords(say: () => void): () => void
  /** Sets the exit code, without ending anything. */
  end(code: ExitCode): void
  readonly exitCode: ExitCode
  /** Ends the process once the command has ended, also where something is left that would keep it up. */
  leave(): void
}

/** What a table with commands must know of where it is read. */
export type Screen = Pick<Terminal, 'columns' | 'command'>

export function processTerminal(): Terminal {
  let exitCode: ExitCode = EXIT.done
  // Once, however many terminals are made of the process.
  process.stdout.off('error', endWithOutput).on('error', endWithOutput)
  process.stderr.off('error', goOn).on('error', goOn)
  return {
    write: text => put(process.stdout, text),
    print: line => put(process.stdout, `${line}\n`),
    note: line => put(process.stderr, `${asCalledHere(line, commandHere())}\n`),
    env: process.env,
    get command() {
      return commandHere()
    },
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    input: readInput,
    interrupted,
    lastWords,
    end: code => {
      exitCode = code
    },
    get exitCode() {
      return exitCode
    },
    // In a later turn the command has ended, and its exit code is set; what was written by then has to be read, too.
    leave: () =>
      void setImmediate(() => process.stdout.write('', () => process.stderr.write('', () => process.exit()))),
  }
}

function commandHere(): string {
  return commandWords({ path: process.env.PATH ?? '', folder: process.cwd(), isThere: existsSync })
}

/** If notes cannot be written, nobody can be told so: the command goes on, and its exit code holds. */
function goOn(): void {}

/** Files and programs are given it as it is. */
function put(stream: NodeJS.WriteStream, text: string): void {
  stream.write(stream.isTTY ? harmless(text) : text)
}

/** Whoever reads our output may have enough of it, like `head`: that is no error. A disk may be full. */
function endWithOutput({ code, message }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') process.exit()
  process.stderr.write(
    `error: the output cannot be written (${message}); make room, or send it elsewhere. What the command has done so far stays done\n`,
  )
  process.exit(EXIT.outOfReach)
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** The longest that a timer takes is 24 days. */
const KEEP_UP_MS = DAY_MS

/** Keeps the process up until then: vendors that are all down listen nowhere, and have nothing else to live for. */
async function interrupted(): Promise<void> {
  const keepUp = setInterval(() => {}, KEEP_UP_MS)
  await watchSignals().came
  clearInterval(keepUp)
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Whoever hears a signal has to end the process: by the same one, so that a shell sees what has ended it. */
function lastWords(say: () => void): () => void {
  const end = (signal: NodeJS.Signals) => {
    callOff()
    say()
    process.kill(process.pid, signal)
  }
  const callOff = () => {
    for (const signal of SIGNALS) process.off(signal, end)
  }
  for (const signal of SIGNALS) process.on(signal, end)
  return callOff
}
