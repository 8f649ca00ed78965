import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { NoticeSettings } from '../../../src/core/notice.ts'
import { OUTCOME_KINDS } from '../../../src/core/protocol.ts'
import { signedHeaders } from '../../../src/runtime/alerts/sign.ts'
import { createDelivery, type Delivery } from '../../../src/runtime/notices/create-delivery.ts'
import { openStore, type Store } from '../../../src/store/index.ts'
import { newRun, RUN } from '../../store/records.ts'
import { onFreePort } from '../../support/on-free-port.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const DAY_MS = 86_400_000

let nowMs: number
let store: Store
let server: Server
let url: string
let answers: number[]
let heard: { headers: IncomingHttpHeaders; body: string }[]
let lines: unknown[][]
let workers: Delivery[]

beforeEach(async () => {
  ;[nowMs, answers, heard, lines, workers] = [1_000_000, [], [], [], []]
  store = await openStore({ path: ':memory:' })
  server = createServer(async (request, reply) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    heard.push({ headers: request.headers, body })
    reply.writeHead(answers.shift() ?? 200).end()
  })
  url = `http://${await onFreePort(server)}/opensesame`
})

afterEach(async () => {
  for (const worker of workers) await worker.close()
  server.close()
  await store.close()
})

it('posts an end once it is there, signed, with one id for all tries, as soon as the webhook is back', async () => {
  await ended()
  answers = [503, 500]
  for (const pauseMs of [0, 11_000, 21_000]) await tryAfter(pauseMs)
  expect(heard).toHaveLength(3)
  const [{ headers, body }] = heard as [(typeof heard)[0]]
  expect(JSON.parse(body)).toMatchObject({ kind: 'run-end', run: RUN.id, outcome: 'answered' })
  expect(new Set(heard.map(each => each.body)).size).toBe(1)
  expect(new Set(heard.map(each => each.headers['webhook-id'])).size).toBe(1)
  expect(headers['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/)
  expect(headers).toMatchObject(signedHeaders({ id: String(headers['webhook-id']), body, atMs: 1_000_000 }, SECRET))
  expect(lines).toEqual([
    ['notices cannot be delivered, and are tried again', { notice: 'crm', problem: 'it answered 503' }],
    ['notices cannot be delivered, and are tried again', { notice: 'crm', problem: 'it answered 500' }],
  ])
  expect(await state()).toEqual(['told'])
  await tryAfter(DAY_MS)
  expect(heard).toHaveLength(3)
})

it('says once that a webhook fails, and once that it is back', async () => {
  answers = [503, 503]
  await ended('one')
  await ended('two')
  const worker = workerOf(SETTINGS())
  worker.begin()
  await expect.poll(() => heard.length).toBe(2)
  await expect.poll(state).toEqual(['due', 'due'])
  nowMs += 11_000
  await expect.poll(state, { timeout: 9_000 }).toEqual(['told', 'told'])
  expect(lines.map(([words]) => words)).toEqual([
    'notices cannot be delivered, and are tried again',
    'notices are delivered again',
  ])
})

it('is posted by another worker where the one that had taken it was lost', async () => {
  await ended()
  expect(await store.notices.claim('crm', nowMs, 20)).toHaveLength(1)
  await tryAfter(5_000)
  expect(heard).toEqual([])
  await tryAfter(6_000)
  expect(heard).toHaveLength(1)
})

it('is given up a day after the end, which the log says without the address', async () => {
  await ended()
  answers = Array.from({ length: 9 }, () => 500)
  await tryAfter(0)
  await tryAfter(DAY_MS - 1_000)
  expect(await state()).toEqual(['given-up'])
  expect(lines.at(-1)).toEqual([
    'a notice was given up: the webhook was not told of the end of a run',
    { notice: 'crm', run: RUN.id, problem: 'it answered 500' },
  ])
  expect(JSON.stringify(lines)).not.toContain('sesame')
  await tryAfter(DAY_MS)
  expect(heard).toHaveLength(2)
})

it('waits for a worker whose configuration has it, and goes past a webhook that does not answer', async () => {
  await ended('one', ['crm', 'gone'])
  await tryAfter(0, [{ ...SETTINGS()[0]!, webhook: { url: 'http://127.0.0.1:1' } }])
  expect(heard).toEqual([])
  await tryAfter(0, [{ ...SETTINGS()[0]!, name: 'gone' }])
  expect(heard.map(({ body }) => JSON.parse(body).notice)).toEqual(['gone'])
})

function SETTINGS(): readonly NoticeSettings[] {
  return [{ name: 'crm', on: OUTCOME_KINDS, scope: {}, webhook: { url, secret: SECRET } }]
}

function workerOf(settings: readonly NoticeSettings[]): Delivery {
  const logger = () => ({
    info: (...line: unknown[]) => void lines.push(line),
    warn: (...line: unknown[]) => void lines.push(line),
  })
  const worker = createDelivery({ settings: () => settings, notices: store.notices, now: () => nowMs, fetch, logger })
  workers.push(worker)
  return worker
}

/** What a worker posts that begins then. */
async function tryAfter(pauseMs: number, settings = SETTINGS()): Promise<void> {
  nowMs += pauseMs
  const worker = workerOf(settings)
  worker.begin()
  await worker.close()
}

async function ended(id = RUN.id, names = ['crm']): Promise<void> {
  const run = { ...RUN, id, key: `key-${id}` }
  await store.ledger.openRun(newRun({ run, notices: names.map(name => ({ name, on: OUTCOME_KINDS })) }))
  await store.ledger.closeRun(run, { outcome: 'answered', endedAtMs: nowMs })
}

async function state() {
  const runs = await store.reports.runs()
  return (await Promise.all(runs.map(({ key }) => store.reports.notices(key)))).flat().map(({ state }) => state)
}
