import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { Alert, AlertSettings } from '../../../src/core/alert.ts'
import type { Fault } from '../../../src/core/faults/fault.ts'
import type { AlertPort, LedgerPort } from '../../../src/core/ports.ts'
import type { Directory } from '../../../src/core/task-class.ts'
import { createWeb } from '../../../src/providers/transport/web.ts'
import { createAlarms } from '../../../src/runtime/alerts/create-alarms.ts'
import { createHealthWatch } from '../../../src/runtime/alerts/watch-health.ts'
import { createHealth } from '../../../src/runtime/health/create-health.ts'
import { postJson } from '../../../src/runtime/post-json.ts'
import { createTelemetry } from '../../../src/runtime/telemetry/telemetry.ts'
import type { Store } from '../../../src/store/index.ts'
import { onFreePort } from '../../support/on-free-port.ts'

const fault = (kind: Fault['kind']) => ({ kind: 'fault', fault: { kind, message: '', evidence: {} } }) as const
const ANSWERED = { kind: 'answered', firstTokenMs: 100, totalMs: 900, outputTokens: 40 } as const
const [FIRST, SECOND] = ['acme:acme/large', 'acme:acme/small']

function watched() {
  let nowMs = 1_000
  const told: string[] = []
  const messages: string[] = []
  const listener = {
    alert({ kind, state, subject, message }: Alert) {
      told.push(`${kind} ${state} ${subject}`)
      messages.push(message)
    },
    again: ({ kind, subject }: Alert) => void told.push(`${kind} again ${subject}`),
  }
  const watch = createHealthWatch(listener, () => nowMs)
  const health = watch.over(
    createHealth(
      () => nowMs,
      () => 0,
    ),
  )
  return { health, told, messages, watch, later: (ms: number) => (nowMs += ms) }
}

describe('what people are told of endpoints', () => {
  it('begins once, whatever comes while the breaker is open, and ends with the next answer', () => {
    const { health, told, messages, later } = watched()
    for (let failures = 0; failures < 9; failures += 1) health.record(FIRST, fault('overloaded'))
    expect(told).toEqual([`breaker-open begun ${FIRST}`])
    expect(messages).toEqual([expect.stringMatching(/ fails \(overloaded\) and is not called until 00:00:\d\d UTC$/)])
    later(11_000)
    health.claim(FIRST)
    health.record(FIRST, fault('overloaded'))
    expect(told).toHaveLength(1)
    later(30_000)
    health.claim(FIRST)
    health.record(FIRST, ANSWERED)
    expect(told.slice(1)).toEqual([`breaker-open ended ${FIRST}`])
    health.record(FIRST, ANSWERED)
    expect(told).toHaveLength(2)
  })

  it('ends with no answer that was under way when it began, and is still there when the next one fails', () => {
    const { health, told, later } = watched()
    for (let failures = 0; failures < 5; failures += 1) health.record(FIRST, fault('overloaded'))
    later(500)
    health.record(FIRST, ANSWERED)
    expect(told).toEqual([`breaker-open begun ${FIRST}`])
    later(11_000)
    health.claim(FIRST)
    health.record(FIRST, ANSWERED)
    expect(told.slice(1)).toEqual([`breaker-open ended ${FIRST}`])
  })

  it('goes on for a provider whose key is bad while another endpoint ends what it had begun before', () => {
    const { health, told, later } = watched()
    health.record(FIRST, fault('unauthenticated'))
    later(400)
    health.record(SECOND, ANSWERED)
    expect(told.at(-1)).toBe('key-rejected begun acme')
    later(1_000)
    health.record(SECOND, ANSWERED)
    expect(told.at(-1)).toBe('key-rejected ended acme')
  })

  it('is one alert for all endpoints of a provider whose key or quota is bad', () => {
    const { health, told, later } = watched()
    health.record(FIRST, fault('unauthenticated'))
    health.record(SECOND, fault('unauthenticated'))
    health.record('other:acme/large', fault('quota-exhausted'))
    expect(told.filter(words => words.includes('begun'))).toEqual(['key-rejected begun acme', 'quota-gone begun other'])
    later(301_000)
    health.record(SECOND, ANSWERED)
    expect(told.at(-1)).toBe('key-rejected ended acme')
  })

  it('tells nothing of faults that close nothing', () => {
    const { health, told } = watched()
    for (const kind of ['rate-limited', 'refused', 'invalid-request', 'cancelled'] as const)
      health.record(FIRST, fault(kind))
    health.record(FIRST, ANSWERED)
    expect(told).toEqual([])
  })

  it('ends with an endpoint or a provider that the configuration names no more', () => {
    const { health, told, watch } = watched()
    for (let failures = 0; failures < 5; failures += 1) health.record(FIRST, fault('overloaded'))
    health.record('other:acme/large', fault('quota-exhausted'))
    watch.leave([FIRST])
    expect(told.slice(-1)).toEqual([`breaker-open ended ${FIRST}`])
    watch.leave(['other:acme/large', 'other'])
    expect(told.slice(-1)).toEqual(['quota-gone ended other'])
  })

  it('ends what another worker has begun', () => {
    const { health, told, watch, later } = watched()
    watch.learn([`breaker-open ${FIRST}`, 'quota-gone acme', 'quota-gone other'].map(alert => ({ alert, atMs: 1_000 })))
    later(1_000)
    health.record(FIRST, ANSWERED)
    expect(told).toEqual([`breaker-open ended ${FIRST}`, 'quota-gone ended acme'])
  })

  it('says which worker’s key is refused, and as long as it is no worker with another one ends that', () => {
    const [bad, good] = [watched(), watched()]
    bad.health.record(FIRST, fault('unauthenticated'))
    expect(bad.messages).toEqual([`acme rejects the key of process ${process.pid}@${hostname()}: replace it`])
    good.watch.learn([{ alert: 'key-rejected acme', atMs: 1_000 }])
    for (const { later } of [bad, good]) later(300_000)
    bad.health.claim(FIRST)
    bad.health.record(FIRST, fault('unauthenticated'))
    expect(bad.told.slice(-2)).toEqual(['key-rejected begun acme', 'key-rejected again acme'])
    good.watch.learn([{ alert: 'key-rejected acme', atMs: 301_000 }])
    good.later(300_000)
    good.health.record(FIRST, ANSWERED)
    expect(good.told).toEqual([])
    good.later(300_000)
    good.health.record(FIRST, ANSWERED)
    expect(good.told).toEqual(['key-rejected ended acme'])
  })

  it('is not ended for another worker’s key by one whose own was refused long ago, and is taken again since', () => {
    const { health, told, watch, later } = watched()
    health.record(FIRST, fault('unauthenticated'))
    watch.learn([])
    later(301_000)
    health.claim(FIRST)
    health.record(FIRST, ANSWERED)
    watch.learn([{ alert: 'key-rejected acme', atMs: 301_000 }])
    later(1_000)
    health.record(FIRST, ANSWERED)
    expect(told).toEqual(['key-rejected begun acme'])
  })
})

describe('a webhook', () => {
  const settingsAt = (server: Server): AlertSettings => ({
    webhook: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret` },
    on: ['breaker-open'],
  })

  it('that fails for a moment hears of it all the same, and of the end after the beginning', async () => {
    const heard: string[] = []
    const statuses = [503, 200, 200]
    const server = await listening((request, response) => {
      const status = statuses.shift()!
      request.on('data', chunk => heard.push(`${JSON.parse(String(chunk)).state} ${status}`))
      request.on('end', () => response.writeHead(status).end())
    })
    const alarms = createAlarms({ ...PARTS, settings: () => settingsAt(server) })
    const health = alarms.over(fresh())
    for (let failures = 0; failures < 5; failures += 1) health.record(FIRST, fault('overloaded'))
    nowMs += 11_000
    await health.claim(FIRST)
    health.record(FIRST, ANSWERED)
    await expect.poll(() => heard).toEqual(['begun 503', 'begun 200', 'ended 200'])
    await alarms.close()
    server.close()
  })

  it('that is gone holds up no worker that ends, which says so without the address', async () => {
    let asked = 0
    const server = await listening((_, response) => {
      asked += 1
      response.writeHead(500).end()
    })
    const warnings: unknown[] = []
    const logger = () => ({ warn: (...line: unknown[]) => void warnings.push(line) })
    const alarms = createAlarms({ ...PARTS, settings: () => settingsAt(server), logger })
    const health = alarms.over(fresh())
    for (let failures = 0; failures < 5; failures += 1) health.record(FIRST, fault('overloaded'))
    await expect.poll(() => asked).toBe(1)
    await alarms.close()
    expect(asked).toBe(1)
    expect(warnings[1]).toEqual([
      'alert webhook failed',
      {
        alert: 'breaker-open',
        subject: FIRST,
        problem: expect.stringMatching(
          /^it answered 500; this is not sent again: check what listens there, or correct/,
        ),
      },
    ])
    expect(JSON.stringify(warnings)).not.toContain('secret')
    server.close()
  })

  it('is told through the proxy, which is named where it lets nothing through', async () => {
    const heard: unknown[] = []
    const server = await listening((request, response) => {
      heard.push(request.url)
      request.resume().on('end', () => response.writeHead(200).end())
    })
    const http = new URL(settingsAt(server).webhook.url).origin
    for (const [proxy, problem] of [
      [http, undefined],
      ['http://127.0.0.1:1', expect.stringMatching(/^it cannot be reached; .* the proxy named by HTTP_PROXY/)],
    ] as const) {
      const web = createWeb({ http: proxy })
      expect(await postJson('http://hook.invalid/secret', '{}', { fetch: web.fetch })).toEqual(problem)
      await web.close()
    }
    expect(heard).toEqual(['http://hook.invalid/secret'])
    server.close()
  })

  it('hears of the end of an endpoint that a new configuration does not name', async () => {
    const heard: string[] = []
    const server = await listening((request, response) => {
      request.on('data', chunk => heard.push(JSON.parse(String(chunk)).message))
      request.on('end', () => response.writeHead(200).end())
    })
    const alarms = createAlarms({ ...PARTS, settings: () => settingsAt(server) })
    const health = alarms.over(fresh())
    for (let failures = 0; failures < 5; failures += 1) health.record(FIRST, fault('overloaded'))
    const naming = (...ids: string[]) =>
      ({ endpoints: ids.map(id => ({ id, provider: 'acme' })) }) as unknown as Directory
    alarms.swap(naming(FIRST, SECOND), naming(SECOND))
    await expect.poll(() => heard[1]).toBe(`${FIRST} is no longer configured`)
    await alarms.close()
    server.close()
  })

  let nowMs = 1_000
  const fresh = () =>
    createHealth(
      () => nowMs,
      () => 0,
    )
  const PARTS = {
    alerts: { mark: async () => true, begun: async () => [] },
    now: () => nowMs,
    fetch,
    logger: () => ({ warn() {} }),
  }
  async function listening(answer: RequestListener): Promise<Server> {
    const server = createServer(answer)
    await onFreePort(server)
    return server
  }
})

it('costs nothing where nobody wants to be told: health and ledger are left as they are', () => {
  const alerts: AlertPort = { mark: async () => true, begun: async () => [] }
  const health = createHealth(
    () => 0,
    () => 0,
  )
  const alarms = createAlarms({ settings: () => undefined, alerts, now: () => 0, fetch, logger: () => ({ warn() {} }) })
  expect(alarms.over(health)).toBe(health)
  const ledger = {} as LedgerPort
  const telemetry = createTelemetry(undefined, () => ({ budgets: [], endpoints: [] }), {} as Store)
  expect(telemetry.ledger(ledger)).toBe(ledger)
  expect(telemetry.interceptors).toEqual([])
})
