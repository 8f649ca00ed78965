import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Tells a process to end in order, if it was started and runs, and waits until it has. */
export async function toldToEnd(child: ChildProcess | undefined, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}
