import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NativeConnection } from '@temporalio/worker'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { knownProblem } from '../../src/runtime/problems.ts'
import { type RegularReconciling, reconcileRegularly } from '../../src/runtime/reconcile/reconcile.ts'
import { howEnded } from '../../src/runtime/temporal/how-ended.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { newRun, RUN } from '../store/records.ts'
import { onFreePort } from '../support/on-free-port.ts'

let folder: string
let store: Store
let proxy: Server
let connection: NativeConnection
const sockets = new Set<Socket>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-reconcile-'))
  store = await openStore({ path: join(folder, 'store.db') })
  await store.ledger.openRun(newRun())
  proxy = await serverBehindProxy()
  connection = await NativeConnection.connect({ address: `127.0.0.1:${(proxy.address() as AddressInfo).port}` })
})

afterAll(async () => {
  await connection?.close()
  await store?.close()
  proxy?.close()
  await rm(folder, { recursive: true, force: true })
})

let retired = 0

it('a look for which the server is silent is put off, and ends no worker', async () => {
  for (const socket of sockets) socket.unpipe().pause()
  const warnings = await warningsOf(run => howEnded({ connection, options: { namespace: 'default' } }, run))
  expect(warnings).toEqual(['runs could not be checked: the Temporal server: it did not answer in time'])
})

it('content ends at the end of its retention meanwhile', async () => {
  const before = retired
  await warningsOf(() => Promise.reject(Object.assign(new Error('away'), { code: 14, details: 'away', metadata: {} })))
  expect(retired).toBe(before + 1)
})

it('says once that what was out of reach is back', async () => {
  const said: string[] = []
  const ending = new AbortController()
  const away = Object.assign(new Error('away'), { code: 14, details: 'away', metadata: {} })
  let looks = 0
  await reconcileRegularly({
    store,
    namespaceId: async () => undefined,
    howEnded: async () => (looks < 2 ? Promise.reject(away) : undefined),
    now: Date.now,
    everyMs: 1,
    async retire() {
      looks += 1
      if (looks === 4) ending.abort()
    },
    warn: message => said.push(message),
    tell: message => said.push(message),
    signal: ending.signal,
  })
  expect(said).toEqual(['runs could not be checked', 'runs could not be checked', expect.stringContaining('again')])
})

it('says once that a newer version has migrated the store, and goes on', async () => {
  const said: unknown[] = []
  const ending = new AbortController()
  let looks = 0
  await reconcileRegularly({
    store: { ...store, newerVersion: async () => ({ version: 32, known: 31 }) },
    namespaceId: async () => undefined,
    howEnded: async () => undefined,
    now: Date.now,
    everyMs: 1,
    async retire() {
      looks += 1
      if (looks === 3) ending.abort()
    },
    warn: (message, fields) => said.push(message, fields),
    tell: message => said.push(message),
    signal: ending.signal,
  })
  expect(said).toEqual([expect.stringMatching(/to version 32, .* up to 31; end it/), { store: store.place }])
  expect(looks).toBe(3)
})

it.each([
  [2, 'unknown: stream terminated by RST_STREAM'],
  [8, 'namespace rate limit exceeded'],
  [13, 'internal error'],
])('so is one that it answers with gRPC’s code %i', async (code, details) => {
  const error = Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: {} })
  expect(await warningsOf(() => Promise.reject(error))).toEqual([expect.stringContaining('runs could not be checked')])
  expect(knownProblem(error)).toMatchObject({ kind: 'unreachable', message: expect.stringContaining(details) })
})

it('closes no further runs once its worker ends, since a vendor may keep it waiting for each lot', async () => {
  const keys = Array.from({ length: 20 }, (_, at) => `run-${at}`)
  for (const key of keys) await store.ledger.openRun(newRun({ run: { ...RUN, key, id: key } }))
  const ending = new AbortController()
  const withdrawn: string[] = []
  await reconcileRegularly({
    store,
    namespaceId: async () => undefined,
    howEnded: async () => ({ reason: 'it was terminated' }),
    async withdraw(runs) {
      withdrawn.push(...runs.map(({ key }) => key))
      ending.abort()
    },
    now: Date.now,
    everyMs: 1,
    retire: async () => {},
    warn() {},
    tell() {},
    signal: ending.signal,
  })
  expect(withdrawn).toHaveLength(16)
})

/** Up to the first warning. */
async function warningsOf(ended: RegularReconciling['howEnded']): Promise<readonly string[]> {
  const warnings: string[] = []
  const ending = new AbortController()
  await reconcileRegularly({
    store,
    namespaceId: async () => undefined,
    howEnded: ended,
    now: Date.now,
    everyMs: 60_000,
    retire: async () => {
      retired += 1
    },
    warn(message, { problem }) {
      warnings.push(`${message}: ${String(problem).split(';')[0]}`)
      ending.abort()
    },
    tell: () => {},
    signal: ending.signal,
  })
  return warnings
}

async function serverBehindProxy(): Promise<Server> {
  const [host, port] = inject('temporalAddress').split(':')
  const server = createServer(socket => {
    const behind = connect(Number(port), host)
    for (const each of [socket, behind]) sockets.add(each.on('error', () => {}))
    socket.pipe(behind).pipe(socket)
  })
  await onFreePort(server)
  return server
}
