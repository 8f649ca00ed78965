import { join } from 'node:path'
import { expect, inject, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { noteUnknownLabel } from '../../src/cli/print/list-notes.ts'
import type { RunRef } from '../../src/core/protocol.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { faulted, newAttempt, newCall, newRun, RUN } from '../store/records.ts'
import { signalbox } from './captured.ts'
import { throwAwayFolders } from './throw-away-folders.ts'

const folder = throwAwayFolders('signalbox-cli-')

const runOf = (id: string): RunRef => ({ ...RUN, id, key: `key-of-${id}` })

/** A store that somebody has filled, as a command finds it. */
async function filled(fill: (store: Store) => Promise<void>): Promise<NodeJS.ProcessEnv> {
  const path = join(folder(), 'store.db')
  const store = await openStore({ path })
  await fill(store)
  await store.close()
  return { DATABASE_URL: `sqlite:${path}` }
}

it('lists the runs that ended in a way, and those that are open', async () => {
  const env = await filled(async ({ ledger }) => {
    for (const id of ['broken', 'well', 'at-work']) await ledger.openRun(newRun({ run: runOf(id) }))
    await ledger.closeRun(runOf('broken'), { outcome: 'failed', endedAtMs: 2_000 })
    await ledger.closeRun(runOf('well'), { outcome: 'answered', endedAtMs: 2_000 })
  })
  const listed = async (...words: string[]) => {
    const { runs } = (await signalbox(['runs', ...words, '--json'], { env })).json()
    return runs.map(({ id }: { readonly id: string }) => id)
  }
  expect(await listed('--outcome', 'failed')).toEqual(['broken'])
  expect((await listed('--outcome', 'failed', '--outcome', 'open')).sort()).toEqual(['at-work', 'broken'])
  expect((await signalbox(['runs', '--outcome', 'open'], { env })).out).toMatch(/^at-work .* open /m)
  const { out } = await signalbox(['runs', '--outcome', 'refused'], { env })
  expect(out).toContain('no such runs in ')
  expect(out).not.toContain('--outcome open')
})

it('says where runs are listed that no worker has opened, if nobody asked for an outcome and there is no run', async () => {
  const env = await filled(async () => {})
  const { out } = await signalbox(['runs'], { env })
  expect(out).toMatch(/^no such runs in .*; --outcome open also lists those that no worker has opened$/m)
  // Only the store can choose by a label, so that list would have none of them.
  const labelled = await signalbox(['runs', '--label', 'team=growth'], { env })
  expect(labelled.out).not.toContain('--outcome open')
})

it('says why a run has ended as it did, on one line and not for ever', async () => {
  const env = await filled(async ({ ledger }) => {
    await ledger.openRun(newRun())
    const message = `acme:acme/large is overloaded.\n${'It is asked again later. '.repeat(20)}`
    await ledger.closeRun(RUN, { outcome: 'failed', message, endedAtMs: 2_000 })
  })
  const [, row = '', ...rest] = (await signalbox(['runs'], { env })).out.trimEnd().split('\n')
  expect(row).toMatch(/ failed .* acme:acme\/large is overloaded\. It is asked again later\. .*…$/)
  expect(row.length).toBeLessThan(400)
  expect(rest).toEqual([])
})

it('says that there are more runs or calls than it lists, beside the list', async () => {
  const env = await filled(async ({ ledger }) => {
    for (const id of ['a', 'b', 'c']) {
      await ledger.openRun(newRun({ run: runOf(id) }))
      await ledger.beginCall(newCall(1, { run: runOf(id) }))
    }
  })
  for (const command of ['runs', 'calls']) {
    const some = await signalbox([command, '--limit', '2', '--json'], { env })
    expect(some.json()[command]).toHaveLength(2)
    expect(some.json().more).toBe(true)
    expect(some.err).toMatch(/^only the newest 2 are listed, and there are more: .*--limit/)
    const all = await signalbox([command, '--limit', '3', '--json'], { env })
    expect(all.json()[command]).toHaveLength(3)
    expect(all.json().more).toBe(false)
    expect(all.err).toBe('')
  }
})

it('goes on behind the last run of a page, without saying of an empty one that the ledger lacks the label', async () => {
  const env = await filled(async ({ ledger }) => {
    for (const id of ['a', 'b', 'c']) await ledger.openRun(newRun({ run: runOf(id) }))
  })
  const first = await signalbox(['runs', '--limit', '2', '--json'], { env })
  const [, { key }] = first.json().runs
  expect(first.json().next).toBe(key)
  expect(first.err).toContain(`go on with --after ${key},`)
  const rest = await signalbox(['runs', '--after', key, '--json'], { env })
  const ids = [...first.json().runs, ...rest.json().runs].map(({ id }: { id: string }) => id)
  expect([ids.toSorted(), rest.json().more]).toEqual([['a', 'b', 'c'], false])
  const end = await signalbox(['runs', '--after', ids.at(-1) ?? '', '--label', 'team=growth'], { env })
  expect([end.exitCode, end.err]).toEqual([EXIT.done, ''])
  expect((await signalbox(['runs', '--after', 'nobody'], { env })).exitCode).toBe(EXIT.noSuchRun)
  expect((await signalbox(['runs', '--after', key, '--waiting'], { env })).exitCode).toBe(EXIT.badInput)
})

it('goes on before the first call of a page, and says which one that is', async () => {
  const env = await filled(async ({ ledger }) => {
    await ledger.openRun(newRun())
    for (const step of [1, 2, 3]) await ledger.beginCall(newCall(step))
  })
  const first = await signalbox(['calls', '--limit', '2', '--json'], { env })
  const { next } = first.json()
  expect(next).toBe(newCall(2).callId)
  expect(first.err).toContain(`go on with --before ${next},`)
  const rest = (await signalbox(['calls', '--before', next, '--json'], { env })).json()
  expect(rest.calls).toMatchObject([{ callId: newCall(1).callId }])
  expect([rest.more, rest.next]).toEqual([false, undefined])
  const end = await signalbox(['calls', '--before', newCall(1).callId, '--class', 'none'], { env })
  expect([end.exitCode, end.err]).toEqual([EXIT.done, ''])
  const unknown = await signalbox(['calls', '--before', 'nobody'], { env })
  expect([unknown.exitCode, unknown.err]).toEqual([EXIT.badInput, expect.stringContaining("no call 'nobody' is in")])
})

it('says beside an empty list that nothing here ever had the name that was asked for, and what was meant', async () => {
  const env = await filled(async ({ ledger }) => {
    await ledger.openRun(newRun())
    await ledger.beginCall(newCall(1))
    await ledger.beginAttempt(newAttempt(newCall(1), 1))
  })
  const notes = async (...words: string[]) => {
    const { exitCode, err } = await signalbox(words, { env })
    expect(exitCode).toBe(EXIT.done)
    return err
  }
  expect(await notes('calls', '--class', 'srtong')).toBe("the ledger has no class 'srtong'; did you mean 'strong'?\n")
  expect(await notes('calls', '--model', 'acme/lrage', '--json')).toContain(
    "no model 'acme/lrage'; did you mean 'acme/large'?",
  )
  expect(await notes('endpoints', '--provider', 'zenith')).toBe(
    "the ledger has no provider 'zenith'; there are: acme\n",
  )
  expect(await notes('runs', '--workspace', 'amce')).toContain("no workspace 'amce'; did you mean 'acme'?")
  expect(await notes('calls', '--class', 'strong', '--since', '20m')).toBe('')
  for (const list of ['calls', 'runs']) {
    expect(await notes(list, '--label', 'team=perss')).toBe(`the ledger has no ${list} with the label 'team=perss'\n`)
    const [[key, value] = []] = Object.entries(RUN.labels)
    expect(await notes(list, '--label', `${key}=${value}`, '--until', '2020-01-01')).toBe('')
  }
})

it('looks again for a label that nothing has only where the list was asked for more than that', async () => {
  const store = await openStore({ path: ':memory:' })
  const looks: unknown[] = []
  const calls: Store['reports']['calls'] = filter => {
    looks.push(filter)
    return store.reports.calls(filter)
  }
  const records = { reports: { ...store.reports, calls } }
  const label = { key: 'team', value: 'press' }
  const quiet = { note: () => {} }
  await noteUnknownLabel(quiet, records, 'calls', { label, sinceMs: 1 })
  expect(looks.splice(0)).toEqual([{ label, limit: 1 }, { limit: 1 }])
  await noteUnknownLabel(quiet, records, 'calls', { label })
  expect(looks).toEqual([{ limit: 1 }])
  await store.close()
})

it('lists the calls of the runs below a run with --below, and without it says that they are not listed', async () => {
  const env = await filled(async ({ ledger }) => {
    await ledger.openRun(newRun())
    await ledger.beginCall(newCall(1))
    const child = { ...RUN, id: `${RUN.id}/clerk-1-1`, key: `${RUN.key}/clerk-1-1`, root: RUN.id, scope: RUN.key }
    await ledger.openRun(newRun({ run: child }))
    const call = newCall(1, { run: child })
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1))
    await ledger.endAttempt(`${call.callId}#1`, faulted())
  })
  const { err, json } = await signalbox(['calls', '--run', RUN.id, '--json'], { env })
  expect(json().calls).toHaveLength(1)
  expect(err).toMatch(/^only its own calls are listed: 1 run below it has others, .*--below lists them all/)
  const all = await signalbox(['calls', '--run', RUN.id, '--below'], { env })
  expect(all).toMatchObject({ err: '', out: expect.stringMatching(/^letter-1 .*\n.*^letter-1\/clerk-1-1 /ms) })
  const faults = await signalbox(['calls', '--run', RUN.id, '--below', '--fault', 'rate-limited', '--json'], { env })
  expect(faults.json().calls).toMatchObject([{ runId: `${RUN.id}/clerk-1-1` }])
  expect((await signalbox(['calls', '--below'], { env })).exitCode).toBe(EXIT.badInput)
  expect(await signalbox(['calls', '--run', `${RUN.id}/clerk-1-1`], { env })).toMatchObject({ err: '' })
})

it('shows an open run that the server no longer has by its records, and says so', async () => {
  const env = await filled(({ ledger }) => ledger.openRun(newRun()))
  const shown = await signalbox(['show', RUN.id], { env: { ...env, TEMPORAL_ADDRESS: inject('temporalAddress') } })
  expect(shown).toMatchObject({ exitCode: EXIT.done, err: '' })
  expect(shown.out).toMatch(/^run +letter-1\nworkflow +agent$/m)
  expect(shown.out).toMatch(/^note: the Temporal server no longer has it, and its end was never written$/m)
})

it('says of a long run how many calls it has before those that are shown', async () => {
  const env = await filled(async ({ ledger }) => {
    await ledger.openRun(newRun())
    for (let step = 1; step <= 1_003; step += 1) await ledger.beginCall(newCall(step))
  })
  const settings = { env: { ...env, TEMPORAL_ADDRESS: inject('temporalAddress') } }
  const shown = (await signalbox(['show', RUN.id, '--json'], settings)).json()
  expect([shown.calls.length, shown.callsBefore]).toEqual([1_000, 3])
  const { out } = await signalbox(['show', RUN.id], settings)
  expect(out).toMatch(/^1003 +strong .*\nand 3 before: `signalbox calls --run letter-1 --limit 1003` lists them$/m)
})

it('refuses a way in which no run ends, with those that there are', async () => {
  const { exitCode, err } = await signalbox(['runs', '--outcome', 'succeeded'])
  expect(exitCode).toBe(EXIT.badInput)
  expect(err).toContain('Write one of answered, stopped, out-of-budget, refused, failed, cancelled, open.')
})
