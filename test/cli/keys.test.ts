import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { messagesOf } from '../../src/runtime/runs/run-messages.ts'
import { planFork } from '../../src/runtime/starting/fork-run.ts'
import { readMasterKeys } from '../../src/runtime/store/master-keys.ts'
import { newMasterKey, openStore, type Store } from '../../src/store/index.ts'
import { newRun, RUN } from '../store/records.ts'
import { onFreePort } from '../support/on-free-port.ts'
import { signalbox } from './captured.ts'

const SEALED = { ...RUN, id: 'secret-1', key: 'first-secret-1', sealed: true }

let folder: string
let env: NodeJS.ProcessEnv
let store: Store

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-cli-keys-'))
  const path = join(folder, 'store.db')
  const file = join(folder, 'master.key')
  await signalbox(['keys', 'new', '--file', file])
  env = { DATABASE_URL: `sqlite:${path}`, SIGNALBOX_MASTER_KEY_FILE: file }
  store = await openStore({ path, masterKeys: () => readMasterKeys(env) })
})

afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

it('makes, lists and rotates keys, and shows none', async () => {
  await store.seals.ensure(SEALED.id, { content: true, workspace: 'acme' })
  const listed = await signalbox(['keys', 'list', '--json'], { env })
  expect(listed.json()).toMatchObject({ keys: [{ rootId: SEALED.id, masterId: readMasterKeys(env)!.currentId }] })
  const fresh = (await signalbox(['keys', 'new'])).out.trim()
  const alone = await signalbox(['keys', 'rotate'], { env: { ...env, SIGNALBOX_MASTER_KEY: fresh } })
  expect(alone).toMatchObject({
    exitCode: EXIT.outOfReach,
    err: expect.stringContaining('Give the command their master key too'),
  })
  const { out: old } = await signalbox(['keys', 'new'])
  const young = { ...env, SIGNALBOX_MASTER_KEY: `${fresh} ${old.trim()}` }
  expect((await signalbox(['keys', 'rotate'], { env: young })).exitCode).toBe(EXIT.outOfReach)
  expect((await signalbox(['keys', 'rotate', '--json'], { env })).json()).toMatchObject({ rewrapped: 0, living: 1 })
  const bare = { DATABASE_URL: env.DATABASE_URL }
  expect(await signalbox(['keys', 'rotate'], { env: bare })).toMatchObject({
    exitCode: EXIT.badInput,
    err: expect.stringContaining('set SIGNALBOX_MASTER_KEY'),
  })
})

it('wraps anew what it can where a master key is lost, and says which runs that leaves', async () => {
  const [lost, old, young] = [newMasterKey(), newMasterKey(), newMasterKey()]
  const rotate = (keys: string, flags: readonly string[] = []) =>
    signalbox(['keys', 'rotate', ...flags], { env: { DATABASE_URL: env.DATABASE_URL, SIGNALBOX_MASTER_KEY: keys } })
  await store.seals.ensure('lost-1', { content: true, workspace: 'acme' })
  await rotate(`${lost} ${readFileSync(env.SIGNALBOX_MASTER_KEY_FILE!, 'utf8')}`)
  const later = await openStore({
    path: join(folder, 'store.db'),
    masterKeys: () => readMasterKeys({ SIGNALBOX_MASTER_KEY: old }),
  })
  await later.seals.ensure('kept-1', { content: true, workspace: 'acme' })
  await later.close()
  const { out, err, exitCode } = await rotate(`${young} ${old}`)
  expect({ out, exitCode }).toMatchObject({
    out: expect.stringMatching(/^1 of 2 keys .*; 1 are now wrapped by \S+/),
    exitCode: EXIT.outOfReach,
  })
  expect(err).toMatch(/1 of the keys could not be unwrapped.*\n {2}key \S+ of lost-1: by/)
  const again = await rotate(young, ['--json'])
  expect(again.exitCode).toBe(EXIT.outOfReach)
  expect(again.json()).toMatchObject({ rewrapped: 0, living: 2, left: [{ rootId: 'lost-1' }] })
})

it('purges one run that has ended, and those that ended long ago', async () => {
  await store.seals.ensure(SEALED.id, { content: true, workspace: 'acme' })
  for (const run of [RUN, SEALED]) await store.ledger.openRun(newRun({ run }))
  const open = await signalbox(['purge', '--run', SEALED.id], { env })
  expect(open).toMatchObject({ exitCode: EXIT.badInput, err: expect.stringContaining('has not ended') })
  for (const run of [RUN, SEALED]) await store.ledger.closeRun(run, { outcome: 'answered', endedAtMs: 5_000 })
  const one = await signalbox(['purge', '--run', SEALED.id, '--json'], { env })
  expect(one.json()).toMatchObject({ purged: [{ run: SEALED.id, how: 'destroyed-key', runs: 1 }], compacted: false })
  const rest = await signalbox(['purge', '--older-than', '30d', '--json'], { env })
  expect(rest.json()).toMatchObject({ purged: [{ run: RUN.id, how: 'deleted' }], compacted: true, leftInLog: false })
  await expect(messagesOf(store, RUN, {})).rejects.toThrow(/the content of run \S+ was purged on \d{4}-/)
  await expect(planFork(store, RUN.id, { atStep: 1 })).rejects.toThrow(/the content of run \S+ was purged on \d{4}-/)
  expect((await signalbox(['purge', '--older-than', '30d'], { env })).out).toContain('no run had anything to purge')
  expect((await signalbox(['purge', '--run', 'nobody'], { env })).exitCode).toBe(EXIT.noSuchRun)
  expect((await signalbox(['purge', '--run', 'a', '--older-than', '1d'], { env })).exitCode).toBe(EXIT.badInput)
})

it('gives back the room of what workers have purged by retention, once that is half of the file', async () => {
  await store.ledger.openRun(newRun())
  for (let step = 1; step < 100; step += 1)
    await store.events.write(RUN, [{ kind: 'text-delta', step, attempt: 1, text: 'so it goes'.repeat(400) }], 1)
  await store.ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 5_000 })
  expect(await store.content.purge(RUN.id, 6_000)).toMatchObject({ how: 'deleted' })
  const kept = await signalbox(['purge', '--no-compact', '--json'], { env })
  expect(kept.json()).toMatchObject({ purged: [], compacted: false })
  expect((await signalbox(['purge'], { env })).out).toMatch(
    /^no run had anything to purge\nthe file .*store\.db was rewritten, because half of it was free room\n$/,
  )
  expect((await signalbox(['purge'], { env })).out).toBe('no run had anything to purge\n')
})

it('purges all that one label names, and says of what it leaves why and what to do', async () => {
  const labels = { customer: '17' }
  const child = {
    ...SEALED,
    id: `${RUN.id}/clerk-1-1`,
    key: `${RUN.key}/clerk-1-1`,
    scope: RUN.key,
    sealed: false,
    labels,
  }
  const own = { ...RUN, id: 'own-1', key: 'first-own-1', labels }
  for (const run of [RUN, child, own]) await store.ledger.openRun(newRun({ run }))
  await store.ledger.closeRun(own, { outcome: 'answered', endedAtMs: 5_000 })
  const purge = (...flags: string[]) => signalbox(['purge', '--label', 'customer=17', ...flags], { env })
  const first = await purge()
  expect(first).toMatchObject({ exitCode: EXIT.badInput, out: 'own-1: content deleted\n' })
  expect(first.err).toContain(`not purged: ${RUN.id}: run ${RUN.id} has not ended`)
  for (const run of [RUN, child]) await store.ledger.closeRun(run, { outcome: 'answered', endedAtMs: 5_000 })
  expect((await purge()).err).toMatch(/only 1 of its 2 runs .*`signalbox purge --run first-run-1`/)
  expect((await purge('--json')).json()).toMatchObject({ purged: [], left: [{ run: RUN.id, runs: 2, matching: 1 }] })
  await signalbox(['purge', '--run', RUN.id], { env })
  expect(await purge()).toMatchObject({ exitCode: EXIT.done, out: 'no run had anything to purge\n', err: '' })
  const misspelt = await signalbox(['purge', '--label', 'custmer=17', '--workspace', 'amce'], { env })
  expect(misspelt).toMatchObject({ exitCode: EXIT.done, out: 'no run had anything to purge\n' })
  expect(misspelt.err).toMatch(
    /^note: no run in .* has the label custmer=17 and the workspace amce, so there was nothing/,
  )
  expect(misspelt.err).toContain("no workspace 'amce'; did you mean 'acme'?")
  expect((await purge('--run', RUN.id)).exitCode).toBe(EXIT.badInput)
})

it('names the first ten of what it purges, and counts the others', async () => {
  for (let nr = 1; nr <= 12; nr++) {
    const run = { ...RUN, id: `many-${nr}`, key: `first-many-${nr}`, labels: { customer: '18' } }
    await store.ledger.openRun(newRun({ run }))
    await store.ledger.closeRun(run, { outcome: 'answered', endedAtMs: 5_000 })
  }
  const { out } = await signalbox(['purge', '--label', 'customer=18'], { env })
  expect(out.match(/^many-\d+: content deleted$/gm)).toHaveLength(10)
  expect(out).toMatch(/\nand 2 more, 12 in all\n$/)
})

it('says that what was purged still lies in the log while somebody reads the file', async () => {
  await store.ledger.openRun(newRun())
  await store.ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 5_000 })
  const reader = new DatabaseSync(join(folder, 'store.db'))
  reader.exec('begin')
  reader.prepare('select count(*) from runs').get()
  const { exitCode, out, err } = await signalbox(['purge', '--run', RUN.id], { env })
  expect({ exitCode, out }).toEqual({ exitCode: EXIT.done, out: `${RUN.id}: content deleted\n` })
  expect(err).toContain(
    `note: it is still in ${join(folder, 'store.db')}-wal, because somebody, such as a backup, reads the file`,
  )
  reader.close()
})

it('purges no tree by a run of it that has ended while another has not', async () => {
  const child = { ...RUN, id: `${RUN.id}/clerk-1-1`, key: `${RUN.key}/clerk-1-1`, scope: RUN.key }
  for (const run of [RUN, child]) await store.ledger.openRun(newRun({ run }))
  await store.ledger.closeRun(child, { outcome: 'answered', endedAtMs: 5_000 })
  const refused = await signalbox(['purge', '--run', child.id], { env })
  expect(refused).toMatchObject({
    exitCode: EXIT.badInput,
    err: expect.stringContaining(`run ${RUN.id} has not ended`),
  })
})

it('says that the codec endpoint finds its port taken', async () => {
  const other = createServer()
  await onFreePort(other)
  const { port } = other.address() as AddressInfo
  expect(await signalbox(['codec', '--port', String(port)], { env })).toMatchObject({
    exitCode: EXIT.badInput,
    err: expect.stringMatching(/codec endpoint cannot listen: .*EADDRINUSE.*name another --host or --port/),
  })
  other.close()
})
