/**
 * Hands what a tool says of its work to people while it works, outside history.
 *
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { ToolRecordKey, ToolRecordPort } from '../../src/core/ports.ts'
import { shorten } from '../../src/core/words/shorten.ts'

/** Between two writes: a tool may say something of each of a million rows. */
const PAUSE_MS = 1_000

const MOST_CHARACTERS = 160

export interface ProgressPorts {
  readonly toolRecords: Pick<ToolRecordPort, 'progress'>
  readonly now: () => number
}

export interface ProgressWriter {
  /** Takes a text in place of one that is not written yet. Never throws: no tool fails for what it says beside its work. */
  write(text: string): void
  /** Ends the writing, and waits for a write that is under way; what is not written yet is dropped. */
  close(): Promise<void>
  /** Whether the store was never asked to write anything. */
  saidNothing(): boolean
}

/** A writer for one try of a tool. What the store does not take is lost: if it is gone, the tool's end will say so. */
export function createProgressWriter({ toolRecords, now }: ProgressPorts, key: ToolRecordKey): ProgressWriter {
  const closing = new AbortController()
  let latest: string | undefined
  let writing: Promise<void> | undefined
  let saidNothing = true
  const write = async (text: string) => {
    saidNothing = false
    await toolRecords.progress(key, text, now()).catch(() => {})
  }
  const writeLatest = async () => {
    while (latest !== undefined && !closing.signal.aborted) {
      const text = shorten(latest, MOST_CHARACTERS)
      latest = undefined
      if (text !== '') await write(text)
      await pause(PAUSE_MS, undefined, { signal: closing.signal }).catch(() => {})
    }
    writing = undefined
  }
  return {
    write(text) {
      // Code without types may give anything.
      if (typeof text !== 'string') return
      latest = text
      writing ??= writeLatest()
    },
    close: async () => {
      closing.abort()
      await writing
    },
    saidNothing: () => saidNothing,
  }
}
