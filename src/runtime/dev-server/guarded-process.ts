import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

const TAIL_LINES = 40

/**
 * Runs the command and ends it, with everything it started, once our end of standard input is gone: closed by `stop`,
 * or by the kernel when our process ends in any way, SIGKILL included. The pid goes to descriptor 3. The group is asked
 * by SIGTERM, and by SIGKILL when the tenths of a second of the first argument are over.
 */
const GUARD = `
trap : TERM
patience=$1
shift
exec 4<&0
"$@" 3>&- 4<&- &
command=$!
echo "$command" >&3
exec 3>&-
{
  trap : TERM
  read -r _ <&4
  kill -TERM 0
  waited=0
  while kill -0 "$command" && [ "$waited" -lt "$patience" ]; do sleep 0.1; waited=$((waited + 1)); done
  kill -KILL 0
} >/dev/null 2>&1 &
guard=$!
wait "$command"
code=$?
while kill -0 "$command" 2>/dev/null; do wait "$command"; code=$?; done
kill -KILL "$guard"
exit "$code"
`

/** A process that cannot outlive ours. */
export interface GuardedProcess {
  /** Of the command itself; `undefined` when it could not be started. */
  readonly pid: Promise<number | undefined>
  /** Settles when the process has ended, with its exit code. Never rejects. */
  readonly ended: Promise<number>
  /** The last lines of what it wrote to either stream. */
  tail(): string
  /** Ends it and what it started; settles when it is gone. May be called again. */
  stop(): Promise<void>
}

export interface GuardedOptions {
  readonly env: NodeJS.ProcessEnv
  /** Receives each whole line of either stream. */
  readonly onLine?: (line: string) => void
  /** How long it may take to end before it is killed, counted in tenths of a second. @defaultValue 5,000 */
  readonly graceMs?: number
  /** The files and folders that it makes are its owner's alone; not on Windows, which has no such mode. @defaultValue false */
  readonly isPrivate?: boolean
}

/**
 * Starts a command in a process group of its own, so that Ctrl-C reaches us alone and we end it in order.
 * On Windows, which has no `sh`, the command is ended when our process exits, but outlives a kill of it.
 */
export function spawnGuarded(command: string, args: readonly string[], options: GuardedOptions): GuardedProcess {
  const windows = process.platform === 'win32'
  const patience = String(Math.ceil((options.graceMs ?? 5_000) / 100))
  const child = windows
    ? spawn(command, args, { env: options.env, stdio: ['pipe', 'pipe', 'pipe'] })
    : spawn('/bin/sh', ['-c', options.isPrivate ? `umask 077${GUARD}` : GUARD, 'guard', patience, command, ...args], {
        env: options.env,
        stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
        detached: true,
      })
  const lines = keepTail([child.stdout, child.stderr], options.onLine)
  const ended = endOf(child, lines)
  if (windows) endWithUs(child)
  // The guard may end before it reads its input; a broken pipe then says nothing that `ended` does not.
  child.stdin?.on('error', () => undefined)
  return {
    pid: windows ? Promise.resolve(child.pid) : readPid(child.stdio[3] as Readable),
    ended,
    tail: () => lines.join('\n'),
    async stop() {
      if (windows) child.kill()
      else child.stdin?.end()
      await ended
    },
  }
}

function endOf(child: ChildProcess, lines: string[]): Promise<number> {
  return new Promise(resolve => {
    child.once('error', error => {
      lines.push(error.message)
      resolve(127)
    })
    child.once('close', (code, signal) => resolve(code ?? (signal ? 128 : 0)))
  })
}

function endWithUs(child: ChildProcess): void {
  const kill = (): void => {
    child.kill()
  }
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
}

async function readPid(stream: Readable): Promise<number | undefined> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return /^\d+/.test(text) ? Number.parseInt(text, 10) : undefined
}

function keepTail(streams: readonly (Readable | null)[], onLine?: (line: string) => void): string[] {
  const lines: string[] = []
  const take = (line: string): void => {
    lines.push(line)
    if (lines.length > TAIL_LINES) lines.shift()
    onLine?.(line)
  }
  for (const stream of streams) if (stream) splitLines(stream, take)
  return lines
}

function splitLines(stream: Readable, take: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) take(part)
  })
  stream.on('end', () => {
    if (rest) take(rest)
  })
}
