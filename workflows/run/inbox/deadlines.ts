/**
 * Deadlines of approvals: a durable timer for each, whose summary says what it decides. A person who is faster ends it.
 *
 * @module
 */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow'
import { decidedWords } from '../../../src/core/decision-words.ts'
import type { JsonValue } from '../../../src/core/messages.ts'
import type { DecidedUntil, PendingApproval } from '../../../src/core/protocol.ts'
import { plainMarkdown } from '../../../src/core/words/markdown.ts'
import type { Inbox } from './inbox.ts'

export interface Deadlines {
  /** Brings the timers in line with what is pending now. */
  keep(pending: readonly PendingApproval[]): void
}

/** A part that begins sets the timers again, for the time that is left. */
export function createDeadlines(inbox: Pick<Inbox, 'decide'>): Deadlines {
  const timers = new Map<string, CancellationScope>()
  return {
    keep(pending) {
      const asked = new Set(pending.map(keyOf))
      for (const [key, timer] of timers) {
        if (asked.has(key)) continue
        timers.delete(key)
        timer.cancel()
      }
      for (const ask of pending) {
        if (!ask.until || timers.has(keyOf(ask))) continue
        const timer = new CancellationScope()
        timers.set(keyOf(ask), timer)
        startTimer(inbox, timer, ask, ask.until)
      }
    },
  }
}

const keyOf = ({ step, toolCallId }: PendingApproval) => `${step}/${toolCallId}`

function startTimer(
  inbox: Pick<Inbox, 'decide'>,
  timer: CancellationScope,
  { toolCallId, toolName, schema, step }: PendingApproval,
  { atMs, otherwise }: DecidedUntil,
): void {
  const leftMs = Math.max(1, atMs - Date.now())
  const value = schema !== undefined && { value: JSON.parse(otherwise) as JsonValue }
  const summary = plainMarkdown(`${toolName} is ${decidedWords(otherwise)} unless somebody decides first`)
  timer
    .run(() => sleep(leftMs, { summary }))
    .then(
      () => inbox.decide({ toolCallId, decision: otherwise, ...value, deadline: true }, step),
      error => {
        if (!isCancellation(error)) throw error
      },
    )
}
