import type { Message } from '../../core/messages.ts'

/**
 * Prompts that this process has read and checked, so that the next call of a run reads only what is new. Messages are never
 * changed once written but by a purge, which changes the view; the least recently used go first. Of each lineage there is one view, the
 * last: what was cleared from a prompt is not held.
 */
export interface MessageCache {
  /** The first messages of a lineage under a view, as many as are known and at most `length`. */
  first(lineage: string, view: string, length: number): readonly Message[]
  /** Keeps the messages that follow what is known. */
  extend(lineage: string, view: string, read: ReadMessages): void
}

/** Messages of a lineage that were read now. */
export interface ReadMessages {
  /** How many come before them. */
  readonly from: number
  readonly messages: readonly Message[]
  /** Their length as JSON text. */
  readonly size: number
}

/**
 * The JSON text that a store's cache stands for, in characters. 32 Mi: some twenty runs of a thousand messages with
 * 1.5 kB each, and several times that as objects in memory.
 */
const CACHE_SIZE = 32 * 1_024 * 1_024

export function createMessageCache(limit = CACHE_SIZE): MessageCache {
  const lineages = new Map<string, { readonly view: string; readonly messages: Message[]; size: number }>()
  let held = 0

  function drop(lineage: string): void {
    held -= lineages.get(lineage)?.size ?? 0
    lineages.delete(lineage)
  }

  return {
    first(lineage, view, length) {
      const known = lineages.get(lineage)
      if (known?.view !== view) return []
      lineages.delete(lineage)
      lineages.set(lineage, known)
      return known.messages.slice(0, length)
    },
    extend(lineage, view, { from, messages, size }) {
      if (lineages.get(lineage)?.view !== view) drop(lineage)
      const known = lineages.get(lineage) ?? { view, messages: [], size: 0 }
      // Another read of the same lineage was quicker.
      if (known.messages.length !== from) return
      for (const message of messages) known.messages.push(message)
      known.size += size
      lineages.set(lineage, known)
      held += size
      for (const oldest of lineages.keys()) {
        if (held <= limit) break
        drop(oldest)
      }
    },
  }
}
