/** A process of its own that writes to a store on a disk, fills the disk midway and makes room again: `node filling-process.ts <folder>`. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../src/store/index.ts'
import { newRun, RUN } from './records.ts'

const folder = process.argv[2]!
const store = await openStore({ path: join(folder, 'store.db') })
await store.ledger.openRun(newRun())
const key = { run: RUN, step: 1, toolCallId: 'tool-1', toolName: 'search' }
await store.tools.begin(key, 1)

/** Takes the place of the one before: the log grows by it, and the file does not. */
const replace = (text: string) => store.tools.progress(key, text, 1)
const append = (text: string) => store.events.write(RUN, [{ kind: 'text-delta', step: 1, attempt: 1, text }], 1)

/** How often it came to what. */
async function writeTimes(count: number, write: (text: string) => Promise<void>): Promise<Record<string, number>> {
  const ends: Record<string, number> = {}
  for (let at = 0; at < count; at += 1) {
    const end = await write(`${at} so it goes`.repeat(2_000)).then(
      () => 'written',
      (error: { kind?: string }) => error.kind ?? String(error),
    )
    ends[end] = (ends[end] ?? 0) + 1
    if (at % 100 === 0) await sleep(20)
  }
  return ends
}

function fill(): void {
  const file = openSync(join(folder, 'fill'), 'w')
  try {
    for (;;) writeSync(file, Buffer.alloc(65_536))
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOSPC') throw error
  }
  closeSync(file)
}

const before = await writeTimes(300, replace)
fill()
const full = await writeTimes(1_500, append)
rmSync(join(folder, 'fill'))
const freed = await writeTimes(1_500, replace)
await store.close()
process.stdout.write(JSON.stringify({ before, full, freed }))
