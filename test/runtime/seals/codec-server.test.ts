import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sealedRoot } from '../../../src/core/sealing.ts'
import { type CodecServer, startCodecServer } from '../../../src/runtime/seals/codec-server.ts'
import { newMasterKey, parseMasterKeys, type Store, StoreProblem } from '../../../src/store/index.ts'
import { newRun, RUN } from '../../store/records.ts'
import { openNewStore } from '../../support/new-store.ts'

const TOKEN = 'a-token'
const UI = 'http://localhost:8233'
const PLAIN = {
  metadata: { encoding: base64('json/plain') },
  data: base64(JSON.stringify({ say: 'naïve words' })),
}

let folder: string
let store: Store
let server: CodecServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-codec-'))
  const parsed = parseMasterKeys(newMasterKey())
  if (!parsed.ok) throw new Error(parsed.problem)
  store = await openNewStore({ path: join(folder, 'store.db'), masterKeys: () => parsed.masterKeys })
  for (const [root, content] of [
    [RUN.id, true],
    ['gone-1', true],
    ['plain-1', false],
  ] as const)
    await store.seals.ensure(root, { content, workspace: 'acme' })
  server = await startCodecServer({ seals: store.seals, token: TOKEN, origins: [UI], port: 0 })
})

afterAll(async () => {
  await server?.close()
  await store?.close()
  await rm(folder, { recursive: true, force: true })
})

it.each(['runs/letter-1', 'runs/letter-1%2Fclerk-1-1', 'workspaces/acme'])(
  'writes for %s and reads it again',
  async place => {
    const sealed = await ask(`${place}/encode`, [PLAIN])
    expect(sealed.status).toBe(200)
    expect(sealed.payloads).toHaveLength(1)
    expect(sealed.payloads[0]).not.toEqual(PLAIN)
    expect(Buffer.from(sealed.payloads[0].data, 'base64').toString('latin1')).not.toContain('words')
    expect((await ask('decode', [...sealed.payloads, PLAIN])).payloads).toEqual([PLAIN, PLAIN])
  },
)

it('writes for the run of the namespace that the UI and the CLI name', async () => {
  const [usual, other] = ['default', 'other'].map(namespace => sealedRoot({ namespace, workflowId: 'twice-1' }))
  for (const root of [usual!, other!]) await store.seals.ensure(root, { content: true, workspace: 'acme' })
  const keyIn = async (more: Record<string, string>) => {
    const { payloads } = await ask('runs/twice-1/encode', [PLAIN], more)
    return (payloads[0] as { metadata?: Record<string, string> }).metadata?.['signalbox-key']
  }
  const idOf = async (root: string) => base64((await store.seals.of(root))!.sealer.keyId)
  expect(await keyIn({ 'x-namespace': 'other' })).toBe(await idOf(other!))
  expect(await keyIn({})).toBe(await idOf(usual!))
})

it('leaves alone what is not sealed', async () => {
  expect((await ask('runs/nobody/encode', [PLAIN])).payloads).toEqual([PLAIN])
})

it('says in the place of a payload that its key was destroyed', async () => {
  const { payloads } = await ask('runs/gone-1/encode', [PLAIN])
  const run = { ...RUN, id: 'gone-1', key: 'first-gone-1', sealed: true }
  await store.ledger.openRun(newRun({ run }))
  await store.content.purge(run.id, 9_000)
  const decoded = await ask('decode', [...payloads, PLAIN])
  expect(Buffer.from(decoded.payloads[0].data, 'base64').toString()).toContain('the run gone-1 was destroyed')
  expect(decoded.payloads[1]).toEqual(PLAIN)
  await expect.poll(async () => (await ask('runs/gone-1/encode', [PLAIN])).status).toBe(409)
})

it('is asked by its address alone, too, which is all that the Temporal UI can be told', async () => {
  const bare = { authorization: '' }
  const [sealed] = (await ask(`token/${TOKEN}/runs/letter-1/encode`, [PLAIN], bare)).payloads
  const asUi = await ask(`token/${TOKEN}/decode?preserveStorageRefs=true`, [sealed], bare)
  expect(asUi).toEqual({ status: 200, payloads: [PLAIN] })
  const statuses = await Promise.all([
    ask('token/another/decode', [sealed], bare),
    ask('token/decode', [sealed], bare),
    ask(`token/another/decode`, [sealed]),
  ])
  expect(statuses.map(({ status }) => status)).toEqual([401, 401, 401])
})

it('refuses whoever has not its token, and what it does not understand', async () => {
  const statuses = await Promise.all([
    ask('decode', [PLAIN], { authorization: 'Bearer another' }),
    ask('decode', [PLAIN], { authorization: '' }),
    ask('encode', [PLAIN]),
    ask('elsewhere', [PLAIN]),
    ask('decode', 'no list'),
  ])
  expect(statuses.map(({ status }) => status)).toEqual([401, 401, 400, 404, 400])
})

it('says that a body is too long rather than hanging up in the middle of it', async () => {
  const long = { ...PLAIN, data: 'A'.repeat(13_000_000) }
  expect((await ask('decode', [long])).status).toBe(400)
})

it('stays up when whoever asks leaves in the middle, and when the address is none', async () => {
  const { port } = new URL(server.url)
  const asking = connect(Number(port), '127.0.0.1')
  asking.write(`POST /decode HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\ncontent-length: 100\r\n\r\n{`)
  await new Promise(resolve => setTimeout(resolve, 50))
  asking.destroy()
  expect((await ask('runs/%E0%A4%A/encode', [PLAIN])).status).toBe(400)
  expect((await ask('decode', [PLAIN])).payloads).toEqual([PLAIN])
})

it('says that the store is out of reach, and answers again when it is back', async () => {
  let isBack = false
  const withKey: typeof store.seals.withKey = async keyId => {
    if (isBack) return store.seals.withKey(keyId)
    throw new StoreProblem('unreachable', 'the store is out of reach')
  }
  const { payloads } = await ask('runs/letter-1/encode', [PLAIN])
  const seals = { ...store.seals, withKey }
  const other = await startCodecServer({ seals, token: TOKEN, origins: [UI], port: 0 })
  expect((await ask('decode', payloads, {}, other)).status).toBe(503)
  isBack = true
  expect((await ask('decode', payloads, {}, other)).payloads).toEqual([PLAIN])
  await other.close()
})

it('lets the pages of the UI ask, and no others', async () => {
  const preflight = (origin: string) => fetch(`${server.url}/decode`, { method: 'OPTIONS', headers: { origin } })
  const [ui, other] = await Promise.all([preflight(UI), preflight('http://elsewhere')])
  expect(ui.headers.get('access-control-allow-origin')).toBe(UI)
  expect(ui.headers.get('access-control-allow-headers')).toContain('authorization')
  expect(other.headers.get('access-control-allow-origin')).toBeNull()
})

async function ask(path: string, payloads: unknown, headers: Record<string, string> = {}, { url } = server) {
  const reply = await fetch(`${url}/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ payloads }),
  })
  const body = (await reply.json()) as { payloads: { data: string }[] }
  return { status: reply.status, payloads: body.payloads as [{ data: string }, ...{ data: string }[]] }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
