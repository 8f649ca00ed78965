/**
 * Hands tokens to people while an answer comes, in batches, outside history.
 *
 * @module
 */
import type { RunEventBody } from '../../src/core/events.ts'
import type { EventPort } from '../../src/core/ports.ts'
import type { RunRef } from '../../src/core/protocol.ts'

/** One write per this time: to a reader it is at once, and a fast model does not become a write per token. */
const BATCH_MS = 50

type DeltaKind = 'text' | 'reasoning'

export interface DeltaWriter {
  /** Takes a delta; writes it with the batch. */
  write(kind: DeltaKind, text: string): void
  /** Ends the writing. What is still unwritten is dropped: the answer that follows carries the whole text. */
  close(): Promise<void>
}

export interface DeltaTarget {
  readonly run: RunRef
  readonly step: number
  readonly attempt: number
}

/**
 * A writer for one attempt. Writes do not overlap, and a failed one is the last: those who read along miss the rest until the answer comes,
 * which is paid and is not to be lost for that.
 */
export function createDeltaWriter(events: EventPort, target: DeltaTarget, now: () => number): DeltaWriter {
  let pending: { kind: DeltaKind; text: string }[] = []
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let isBroken = false
  const flush = () => {
    timer = undefined
    const bodies = pending.map(({ kind, text }) => bodyOf(target, kind, text))
    pending = []
    writing = writing
      .then(() => (isBroken ? undefined : events.write(target.run, bodies, now())))
      .catch(() => {
        isBroken = true
      })
  }
  return {
    write(kind, text) {
      const last = pending.at(-1)
      if (last?.kind === kind) last.text += text
      else pending.push({ kind, text })
      timer ??= setTimeout(flush, BATCH_MS)
    },
    async close() {
      clearTimeout(timer)
      await writing
    },
  }
}

function bodyOf({ step, attempt }: DeltaTarget, kind: DeltaKind, text: string): RunEventBody {
  return { kind: kind === 'text' ? 'text-delta' : 'reasoning-delta', step, attempt, text }
}
