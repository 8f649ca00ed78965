/** A process of its own that writes to a store on a disk, fills the disk midway and makes room again: `node filling-process.ts <folder>`. */
import { closeSync, fstatSync, ftruncateSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../src/store/index.ts'
import { newRun, RUN } from './records.ts'

const folder = process.argv[2]!
const path = join(folder, 'store.db')
const store = await openStore({ path })
await store.ledger.openRun(newRun())

/** The log and the file grow by it. */
const append = () =>
  store.events.write(RUN, [{ kind: 'text-delta', step: 1, attempt: 1, text: 'so it goes'.repeat(2_000) }], 1)

/** How often it came to what. */
async function appendTimes(count: number): Promise<Record<string, number>> {
  const ends: Record<string, number> = {}
  for (let at = 0; at < count; at += 1) {
    const end = await append().then(
      () => 'written',
      (error: { kind?: string }) => error.kind ?? String(error),
    )
    ends[end] = (ends[end] ?? 0) + 1
  }
  return ends
}

/** But for some forty writes to the log, of which one tells the thread beside to copy it: the file has no room for that. */
function fill(): void {
  const file = openSync(join(folder, 'fill'), 'w')
  try {
    for (;;) writeSync(file, Buffer.alloc(65_536))
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOSPC') throw error
  }
  ftruncateSync(file, fstatSync(file).size - 1_000_000)
  closeSync(file)
}

/** Somebody who keeps the log from being emptied. */
function read(): DatabaseSync {
  const reader = new DatabaseSync(path, { readOnly: true })
  reader.exec('begin; select count(*) from runs')
  return reader
}

async function comes(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let left = 1_000; left > 0; left -= 1) {
    if (await holds()) return true
    await sleep(20)
  }
  return false
}

const copiedAtMs = () => statSync(path).mtimeMs
const logBytes = () => statSync(`${path}-wal`).size

/** Only a copy of the log writes to the file. */
async function copiesAgain(): Promise<boolean> {
  const beforeMs = copiedAtMs()
  await appendTimes(250)
  return comes(() => copiedAtMs() > beforeMs)
}

/** The thread beside may be copying the log just then, which so is emptied with a later commit. */
const emptiesLog = () =>
  comes(async () => {
    await appendTimes(1)
    return logBytes() < 1_000_000
  })

const before = { copies: await copiesAgain(), ...(await appendTimes(240)) }
const reader = read()
fill()
const full = await appendTimes(500)
rmSync(join(folder, 'fill'))
const whileRead = await appendTimes(1)
reader.close()
const freed = { emptiesLog: await emptiesLog(), copies: await copiesAgain() }
await store.close()
process.stdout.write(JSON.stringify({ before, full, whileRead, freed }))
