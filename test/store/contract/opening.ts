import { expect, it } from 'vitest'
import { SCHEMA_VERSION } from '../../../src/store/migrations.ts'
import type { Bench } from '../describe-store.ts'
import { newRun, RUN } from '../records.ts'

export function openTests(bench: Bench): void {
  it('opens a new database from many sides at once', async () => {
    const place = await bench.newPlace()
    const stores = await Promise.all(Array.from({ length: 5 }, () => bench.open(place)))
    await stores[0]!.ledger.openRun(newRun())
    for (const store of stores) expect(await store.reports.run(RUN.id)).toMatchObject({ key: RUN.key })
  })

  it('keeps what was written when it is opened again', async () => {
    const place = await bench.newPlace()
    const before = await bench.open(place)
    await before.ledger.openRun(newRun({ budget: { usd: '0.50', steps: 3 } }))
    await before.close()
    const after = await bench.open(place)
    expect(await after.reports.run(RUN.id)).toMatchObject({
      id: RUN.id,
      workspace: 'acme',
      labels: { team: 'growth' },
      budget: { usd: '0.50', steps: 3 },
    })
  })

  it('refuses a database of a newer version and changes nothing', async () => {
    const place = await bench.newPlace()
    const store = await bench.open(place)
    await store.ledger.openRun(newRun())
    await store.close()
    await place.execute(`insert into schema_version (version, name, applied_at_ms) values (99, 'later', 1)`)
    await expect(place.open()).rejects.toMatchObject({
      name: 'StoreProblem',
      kind: 'newer-version',
      message: expect.stringMatching(/version 99.*Upgrade Signalbox.*restore a backup/),
    })
    await place.execute('delete from schema_version where version = 99')
    expect(await (await bench.open(place)).reports.run(RUN.id)).toBeDefined()
  })

  it('answers what it was asked before its close, and says of all that comes later that it is closed', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    const times = 30
    const asked = Promise.all(Array.from({ length: times }, () => store.reports.run(RUN.id)))
    const closing = store.close()
    const refused = { name: 'StoreProblem', kind: 'closed', message: expect.stringMatching(/ is closed: .*close\(\)/) }
    await expect(store.events.read(RUN.key, 0, 10)).rejects.toMatchObject(refused)
    expect(await asked).toMatchObject(Array.from({ length: times }, () => ({ id: RUN.id })))
    await closing
    await expect(store.reports.tree(RUN.key)).rejects.toMatchObject(refused)
    await expect(store.ledger.openRun(newRun())).rejects.toMatchObject(refused)
  })

  it('tells who has it open that a newer version has migrated it meanwhile', async () => {
    const place = await bench.newPlace()
    const store = await bench.open(place)
    expect(await store.newerVersion()).toBeUndefined()
    await place.execute(`insert into schema_version (version, name, applied_at_ms) values (99, 'later', 1)`)
    expect(await store.newerVersion()).toEqual({ version: 99, known: SCHEMA_VERSION })
  })

  it('closes twice', async () => {
    const store = await bench.open()
    await store.close()
    await expect(store.close()).resolves.toBeUndefined()
  })
}
