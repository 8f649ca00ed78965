import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { NoticeSettings } from '../../../src/core/notice.ts'
import { OUTCOME_KINDS } from '../../../src/core/protocol.ts'
import { beginDelivery } from '../../../src/runtime/notices/begin-delivery.ts'
import { wirePorts } from '../../../src/runtime/ports/wire-ports.ts'
import { signedHeaders } from '../../../src/runtime/webhooks/sign.ts'
import { openStore, type Store } from '../../../src/store/index.ts'
import { newRun, RUN } from '../../store/records.ts'
import { marketOf } from '../../support/market.ts'
import { onFreePort } from '../../support/on-free-port.ts'
import { soundConfiguration } from '../../support/sound-configuration.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const QUEUE = 'namespace-1 signalbox'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let nowMs: number
let store: Store
let server: Server
let url: string
let answers: number[]
let heard: { headers: IncomingHttpHeaders; body: string }[]
let lines: unknown[][]
let ends: (() => Promise<void>)[]

beforeEach(async () => {
  ;[nowMs, answers, heard, lines, ends] = [1_000_000, [], [], [], []]
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
  for (const end of ends) await end()
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
  begin(SETTINGS())
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
  expect(await store.notices.claim({ name: 'crm', queue: QUEUE }, nowMs, 20)).toHaveLength(1)
  await tryAfter(5_000)
  expect(heard).toEqual([])
  await tryAfter(6_000)
  expect(heard).toHaveLength(1)
})

it('is given up a day after the end and after ten tries, which the log says without the address', async () => {
  await ended()
  answers = Array.from({ length: 11 }, () => 500)
  await tryAfter(DAY_MS)
  expect(await state()).toEqual(['due'])
  for (let tries = 2; tries <= 10; tries += 1) await tryAfter(HOUR_MS)
  expect(await state()).toEqual(['given-up'])
  expect(lines.at(-1)).toEqual([
    'a notice was given up: the webhook was not told of the end of a run',
    { notice: 'crm', run: RUN.id, problem: 'it answered 500' },
  ])
  expect(JSON.stringify(lines)).not.toContain('sesame')
  await tryAfter(DAY_MS)
  expect(heard).toHaveLength(10)
})

it('is given up at once where the webhook says that it is gone', async () => {
  await ended()
  answers = [410]
  await tryAfter(0)
  expect(await state()).toEqual(['given-up'])
  const told = { notice: 'crm', run: RUN.id, problem: 'it answered 410, for it is gone for good' }
  expect(lines).toEqual([['a notice was given up: the webhook was not told of the end of a run', told]])
  await tryAfter(DAY_MS)
  expect(heard).toHaveLength(1)
})

it('waits for a worker whose configuration has it, and goes past a webhook that does not answer', async () => {
  await ended('one', ['crm', 'gone'])
  await tryAfter(0, [{ ...SETTINGS()[0]!, webhook: { url: 'http://127.0.0.1:1' } }])
  expect(heard).toEqual([])
  await tryAfter(0, [{ ...SETTINGS()[0]!, name: 'gone' }])
  expect(heard.map(({ body }) => JSON.parse(body).notice)).toEqual(['gone'])
})

it('is posted by a worker that ends, if the run has ended just before, unless the webhook fails', async () => {
  answers = [503]
  await ended('one')
  const end = begin(SETTINGS())
  await expect.poll(() => lines).toHaveLength(1)
  await ended('two')
  await end()
  expect(heard).toHaveLength(1)
  const endNext = begin(SETTINGS())
  await expect.poll(() => heard).toHaveLength(2)
  await ended('three')
  await endNext()
  expect(heard).toHaveLength(3)
})

it('is posted once a worker runs: until then a program may still install its own logger', async () => {
  await ended()
  const { yaml } = marketOf({ one: {} }, `classes: { open: {} }\nnotices: { crm: { webhook: "${url}" } }`)
  const configuration = soundConfiguration(yaml, { ONE_URL: url })
  const wired = wirePorts({ configuration, store, app: {} })
  await wired.begin()
  await delay(50)
  expect(heard).toEqual([])
  await wired.deliver(async () => QUEUE)()
  expect(heard).toHaveLength(1)
  await wired.close()
})

function SETTINGS(): readonly NoticeSettings[] {
  return [{ name: 'crm', on: OUTCOME_KINDS, scope: {}, webhook: { url, secret: SECRET } }]
}

/** Begins to deliver, and gives what ends it. */
function begin(settings: readonly NoticeSettings[]): () => Promise<void> {
  const logger = () => ({
    info: (...line: unknown[]) => void lines.push(line),
    warn: (...line: unknown[]) => void lines.push(line),
  })
  const [notices, queue] = [store.notices, async () => QUEUE]
  const end = beginDelivery({ settings: () => settings, notices, queue, now: () => nowMs, fetch, logger })
  ends.push(end)
  return end
}

/** What a worker posts that begins then. */
async function tryAfter(pauseMs: number, settings = SETTINGS()): Promise<void> {
  nowMs += pauseMs
  await begin(settings)()
}

async function ended(id = RUN.id, names = ['crm']): Promise<void> {
  const run = { ...RUN, id, key: `key-${id}` }
  await store.ledger.openRun(newRun({ run, notices: names.map(name => ({ name, on: OUTCOME_KINDS, queue: QUEUE })) }))
  await store.ledger.closeRun(run, { outcome: 'answered', endedAtMs: nowMs })
}

async function state() {
  const runs = await store.reports.runs()
  return (await Promise.all(runs.map(({ key }) => store.reports.notices(key)))).flat().map(({ state }) => state)
}
