/**
 * Hands tokens to people while an answer comes, in batches, outside history.
 *
 * @module
 */
import type { RunEventBody } from '../../../src/core/events.ts'
import type { EventPort } from '../../../src/core/ports.ts'
import type { DeltaTarget } from '../remembered.ts'

/** One write per this time: to a reader it is at once, and a fast model does not become a write per token. */
const BATCH_MS = 50

/** The same while a worker has many answers on the wire. A write costs about as much CPU as taking in four tokens. */
const MOST_BATCH_MS = 250

/** Up to ten answers at once are written as if each were alone; 50 are as many writes a second as ten. */
const BATCH_MS_PER_ANSWER = 5

type DeltaKind = 'text' | 'reasoning'

export interface DeltaWriter {
  /** Takes a delta; writes it with the batch. */
  write(kind: DeltaKind, text: string): void
  /** Ends the writing. What is still unwritten is dropped: the answer that follows carries the whole text. */
  close(): Promise<void>
}

interface Ports {
  readonly events: EventPort
  /** The attempts of this worker whose words are written now. */
  readonly streaming: Set<DeltaTarget>
  readonly now: () => number
}

/**
 * A writer for one attempt. Writes do not overlap. After a failed one there are no more: readers miss the rest until the answer comes. The
 * attempt goes on, because its answer is paid for.
 */
export function createDeltaWriter({ events, streaming, now }: Ports, target: DeltaTarget): DeltaWriter {
  let pending: { kind: DeltaKind; text: string }[] = []
  let timer: NodeJS.Timeout | undefined
  // The first batch does not wait longer because of other answers.
  let pauseMs = BATCH_MS
  let writing: Promise<void> = Promise.resolve()
  let isOver = false
  const flush = () => {
    writing = writing
      .then(() => {
        // Only when the write before has ended: a slow store gets fewer and longer writes, and readers do not fall further behind.
        timer = undefined
        if (isOver) return
        const bodies = pending.map(({ kind, text }) => bodyOf(target, kind, text))
        pending = []
        return events.write(target.run, bodies, now())
      })
      .catch(() => {
        isOver = true
      })
    streaming.add(target)
    pauseMs = batchMs(streaming.size)
  }
  return {
    write(kind, text) {
      if (isOver) return
      const last = pending.at(-1)
      if (last?.kind === kind) last.text += text
      else pending.push({ kind, text })
      timer ??= setTimeout(flush, pauseMs)
    },
    async close() {
      isOver = true
      streaming.delete(target)
      clearTimeout(timer)
      await writing
    },
  }
}

function batchMs(answers: number): number {
  return Math.min(Math.max(BATCH_MS, answers * BATCH_MS_PER_ANSWER), MOST_BATCH_MS)
}

function bodyOf({ step, attempt }: DeltaTarget, kind: DeltaKind, text: string): RunEventBody {
  return { kind: kind === 'text' ? 'text-delta' : 'reasoning-delta', step, attempt, text }
}
