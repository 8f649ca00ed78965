/**
 * Goes on reading where a store was away for a while, as when a database is restarted.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Terminal } from '../terminal.ts'

/** Workers hold on to an answer for as long. */
const WAITED_FOR_MS = 60_000

const NEXT_TRY_MS = 500

interface Reading<Item> {
  /** Reads what comes after the last item that was given. */
  read(): AsyncIterable<Item>
  /** Asks the store for something. */
  ask(): Promise<unknown>
}

/** @throws StoreProblem if the store is still away after a minute, or cannot be read for another reason. */
export async function* pastOutages<Item>(
  { read, ask }: Reading<Item>,
  terminal: Pick<Terminal, 'note'>,
): AsyncGenerator<Item> {
  for (;;) {
    try {
      yield* read()
      return
    } catch (error) {
      if (!(await isAway(error))) throw error
      terminal.note(`note: ${(error as Error).message} Waiting for it, for a minute at most; the events then go on`)
    }
    await onceBack(ask)
  }
}

async function onceBack(ask: () => Promise<unknown>): Promise<void> {
  for (const untilMs = Date.now() + WAITED_FOR_MS; ; ) {
    await delay(NEXT_TRY_MS)
    try {
      await ask()
      return
    } catch (error) {
      if (!(await isAway(error)) || Date.now() > untilMs) throw error
    }
  }
}

/** Loaded on failure only: it brings the store. */
async function isAway(error: unknown): Promise<boolean> {
  const { isStoreAway } = await import('../../runtime/store/is-store-away.ts')
  return isStoreAway(error)
}
