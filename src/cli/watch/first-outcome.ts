/**
 * What is told of a run right behind its start.
 *
 * @module
 */
import { type Outcome, TASK_QUEUE } from '../../core/protocol.ts'
import type { Signalbox } from '../../runtime/client.ts'
import type { RunHandle } from '../../runtime/runs/run-handle.ts'
import type { Terminal } from '../terminal.ts'
import { exitCodeOf } from './exit-code.ts'

export interface StartedFlags {
  readonly watch?: boolean
  readonly json?: boolean
  /** The queue on which it was started. */
  readonly taskQueue?: string
}

/** Says so when nobody serves the run, and waits for its end where that is asked for or comes at once, as a refusal does. */
export async function firstOutcome(
  signalbox: Signalbox,
  run: RunHandle,
  { watch, json, taskQueue = TASK_QUEUE }: StartedFlags,
  terminal: Terminal,
): Promise<Outcome | undefined> {
  const { beginningOf } = await import('../../runtime/inspect/beginning.ts')
  const begun = await beginningOf(signalbox, run.id)
  if (begun.kind === 'unseen') terminal.note(`note: ${await unseenWords(signalbox, run.id, taskQueue)}`)
  const outcome = begun.kind === 'ended' ? begun.outcome : watch && json ? await run.outcome() : undefined
  if (outcome) terminal.end(exitCodeOf(outcome.kind))
  return outcome
}

/** A worker whose code throws has taken it up, and given it back. */
async function unseenWords(signalbox: Signalbox, id: string, taskQueue: string): Promise<string> {
  const { failingOf } = await import('../../runtime/runs/failing.ts')
  const failing = await failingOf(signalbox.client, id)
  if (failing) return failing.words
  return `no worker has taken it up yet; \`signalbox dev\` or \`signalbox worker\` serves the task queue ${taskQueue}`
}
