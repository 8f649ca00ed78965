import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { type RunningVendors, startVendors } from '../../src/providers/simulated/index.ts'
import { onFreePort } from '../support/on-free-port.ts'
import { SHARED_BUNDLE } from '../support/shared-bundle.ts'
import { toldToEnd } from '../support/told-to-end.ts'
import { type Captured, signalbox } from './captured.ts'

const ROOT = join(import.meta.dirname, '../..')
const BUNDLED_ONCE = join(ROOT, 'test/support/bundled-once.ts')

// biome-ignore lint/suspicious/noExplicitAny: somebody else's JSON
type Loose = any
const PROMPT = 'CANARY-PROMPT: which of York and Crewe has more passengers?'
const MODELS = { large: { contextWindow: 100_000, maxOutput: 8_192, price: { input: 3, output: 15 } } }

let folder: string
let vendors: RunningVendors
let worker: ChildProcess
let metricsAddress: string
let collector: Server
let hook: Server
const bodies = { traces: [] as string[], metrics: [] as string[], alerts: [] as string[] }
const logged: string[] = []
let env: NodeJS.ProcessEnv
let run: Captured

/** Takes whatever is posted. */
async function listen(into: string[]): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const list = request.url === '/v1/metrics' ? bodies.metrics : into
      list.push(Buffer.concat(chunks).toString())
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await onFreePort(server)
  return server
}

function spawnWorker(flags: readonly string[], stdio: StdioOptions): ChildProcess {
  const { PATH, NODE_COMPILE_CACHE, [SHARED_BUNDLE]: bundle } = process.env
  const words = ['--import', BUNDLED_ONCE, join(ROOT, 'src/cli/main.ts'), 'worker', ...flags]
  return spawn(process.execPath, words, {
    cwd: folder,
    env: { PATH, NODE_COMPILE_CACHE, [SHARED_BUNDLE]: bundle, HOME: folder, ...env },
    stdio,
  })
}

const addressOf = (server: Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`

/** Below the ports that systems give away by themselves: until the worker listens there, no connection of another test is given it. */
async function freeAddress(): Promise<string> {
  for (;;) {
    const address = `127.0.0.1:${10_000 + Math.floor(Math.random() * 20_000)}`
    const isFree = await fetch(`http://${address}`).then(
      () => false,
      ({ cause }) => cause.code === 'ECONNREFUSED',
    )
    if (isFree) return address
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-telemetry-'))
  vendors = await startVendors({
    vendors: [
      { name: 'locked', protocol: 'openai', apiKey: 'sk-right', models: MODELS },
      {
        name: 'acme',
        protocol: 'openai-compatible',
        models: MODELS,
        behaviours: [
          {
            match: 'passengers',
            turns: [{ tools: [{ name: 'look_up', arguments: { station: 'York' } }] }, { text: 'York.' }],
          },
        ],
      },
    ],
  })
  collector = await listen(bodies.traces)
  hook = await listen(bodies.alerts)
  metricsAddress = await freeAddress()
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'app.ts'), APP)
  writeFileSync(join(folder, 'signalbox.yaml'), configuration())
  env = {
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    DATABASE_URL: `sqlite:${join(folder, 'signalbox.db')}`,
  }
  const flags = ['--metrics', metricsAddress, '--otlp', `http://${addressOf(collector)}`, '--task-queue', 'telemetry']
  worker = spawnWorker([...flags, '--grace', '1s', '--log-level', 'trace'], ['ignore', 'pipe', 'pipe'])
  createInterface(worker.stderr!).on('line', line => logged.push(line))
  await once(worker.stdout!, 'data')
  const words = [
    'start',
    'researcher',
    '--input',
    PROMPT,
    '--budget',
    '1',
    '--task-queue',
    'telemetry',
    '--watch',
    '--json',
  ]
  run = await signalbox(words, { env })
})

afterAll(async () => {
  await toldToEnd(worker)
  await vendors?.close()
  collector?.close()
  hook?.close()
  rmSync(folder, { recursive: true, force: true })
})

const APP = `
import { defineAgent, defineTool } from '${ROOT}/src/index.ts'
import { z } from '${ROOT}/node_modules/zod/index.js'
const lookUp = defineTool({
  name: 'look_up', description: 'Looks up.', input: z.object({ station: z.string() }), priceUsd: '0.005', run: async () => ({ passengers: 9 }),
})
export const agents = [defineAgent({ name: 'researcher', instructions: 'Be brief.', tools: [lookUp], taskClass: 'strong', limits: { stepsPerPart: 1 } })]
export const tools = [lookUp]
`

function configuration(): string {
  const [locked, acme] = vendors.vendors.map(({ baseUrl }) => baseUrl)
  const model =
    'upstream: large, contextWindow: 100000, maxOutput: 8192, price: { input: 3, output: 15 }, abilities: [tools]'
  return `
app: ./app.ts
alerts: { webhook: "http://${addressOf(hook)}/hook" }
providers:
  locked: { protocol: openai, baseURL: "${locked}", apiKey: sk-CANARY-KEY, models: { acme/first: { ${model} } } }
  acme: { protocol: openai-compatible, baseURL: "${acme}", apiKey: none, models: { acme/large: { ${model} } } }
classes:
  strong: { models: [acme/first, acme/large], sort: order, maxOutputTokens: 500 }
budgets:
  all: { scope: { all: true }, per: day, usd: '1', warnAt: [0.0001] }
`
}

const metricsNow = async () => (await fetch(`http://${metricsAddress}/metrics`)).text()

/** The value of a metric's line whose tags include these. */
function figure(text: string, name: string, ...tags: string[]): number | undefined {
  const line = text.split('\n').find(each => each.startsWith(`${name}{`) && tags.every(tag => each.includes(tag)))
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')))
}

const attributes = (of: Loose) =>
  Object.fromEntries(of.attributes.map(({ key, value }: Loose) => [key, value.stringValue ?? Number(value.intValue)]))

describe('a worker that is asked to tell of itself', () => {
  it('serves metrics of calls, attempts, tokens, money and times to Prometheus', async () => {
    expect(run).toMatchObject({ exitCode: EXIT.done, err: '' })
    const text = await metricsNow()
    expect(figure(text, 'signalbox_calls', 'task_class="strong"', 'outcome="answered"')).toBe(2)
    expect(figure(text, 'signalbox_attempts', 'outcome="unauthenticated"')).toBe(1)
    expect(figure(text, 'signalbox_attempts', 'outcome="answered"', 'gen_ai_request_model="large"')).toBe(2)
    const spent = vendors.meter().reduce((sum, row) => sum + Number(row.billedPico), 0) / 1e12
    expect(figure(text, 'signalbox_cost_sum', 'gen_ai_provider_name="acme"')).toBeCloseTo(spent, 12)
    expect(figure(text, 'signalbox_tool_cost_sum', 'gen_ai_tool_name="look_up"')).toBe(0.005)
    const output = vendors.meter().reduce((sum, row) => sum + (row.outputTokens ?? 0), 0)
    expect(figure(text, 'gen_ai_client_token_usage_sum', 'gen_ai_token_type="output"')).toBe(output)
    expect(figure(text, 'signalbox_tokens', 'gen_ai_token_type="output"')).toBe(output)
    expect(figure(text, 'gen_ai_client_operation_time_to_first_chunk_count', 'acme')).toBe(2)
    expect(figure(text, 'gen_ai_client_operation_duration_count', 'error_type="unauthenticated"')).toBe(1)
    const isOpen = async () => figure(await metricsNow(), 'signalbox_breaker_open', 'endpoint="locked:acme/first"')
    await expect.poll(isOpen).toBe(1)
    expect(text).toContain('signalbox_budget_share')
    expect(figure(text, 'signalbox_budget_warnings', 'budget="all"', 'share="0.0001"')).toBe(1)
    expect(text).toContain('temporal_')
    expect(text).not.toContain('CANARY')
  })

  it('sends one trace of the run, its calls, attempts and tools, without a word of content', async () => {
    const spans = () =>
      bodies.traces.flatMap(body =>
        JSON.parse(body).resourceSpans.flatMap((resource: Loose) =>
          resource.scopeSpans.flatMap((scope: Loose) => scope.spans),
        ),
      )
    await expect
      .poll(() =>
        spans()
          .map(({ name }) => name)
          .toSorted(),
      )
      .toEqual([
        'call strong',
        'call strong',
        'chat large',
        'chat large',
        'chat large',
        'execute_tool look_up',
        'invoke_workflow',
      ])
    const all = spans()
    const [{ resource }] = JSON.parse(bodies.traces[0]!).resourceSpans
    expect(attributes(resource)).toEqual({
      'service.name': 'signalbox',
      'service.instance.id': `${worker.pid}@${hostname()}`,
    })
    expect(new Set(all.map(({ traceId }) => traceId)).size).toBe(1)
    // Its second step is in a part of its own, where activities are numbered anew.
    expect(new Set(all.map(({ spanId }) => spanId)).size).toBe(all.length)
    const top = all.find(({ name }) => name === 'invoke_workflow')
    expect(top.parentSpanId).toBeUndefined()
    const calls = all.filter(({ name }) => name === 'call strong')
    for (const call of calls) expect(call.parentSpanId).toBe(top.spanId)
    const attempts = all.filter(({ name }) => name === 'chat large')
    for (const attempt of attempts) expect(calls.map(({ spanId }) => spanId)).toContain(attempt.parentSpanId)
    const answered = attempts.map(attributes).find(each => each['signalbox.outcome'] === 'answered')
    expect(answered).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'acme',
      'gen_ai.request.model': 'large',
      'gen_ai.usage.input_tokens': expect.any(Number),
      'signalbox.endpoint': 'acme:acme/large',
    })
    const failed = attempts.find(({ status }) => status)
    const tool = all.find(({ name }) => name === 'execute_tool look_up')
    expect(attributes(tool)).toMatchObject({ 'signalbox.cost.usd': '0.005' })
    expect(failed.status).toEqual({ code: 2, message: 'unauthenticated' })
    expect(bodies.traces.join()).not.toMatch(/CANARY|York/)
  })

  it('logs lines of JSON, and no prompt or key in one, not even at its finest', () => {
    const lines = logged.map(line => JSON.parse(line))
    expect(lines.map(({ msg }) => msg)).toContain('Creating worker')
    expect(lines.find(({ msg }) => msg === 'attempt failed')).toMatchObject({
      level: 40,
      step: 1,
      class: 'strong',
      endpoint: 'locked:acme/first',
      fault: 'unauthenticated',
    })
    expect(logged.filter(line => line.includes('CANARY'))).toEqual([])
  })

  it('tells a webhook once of a key that is rejected and of a budget that runs low, in one shape', async () => {
    await expect.poll(() => bodies.alerts.length).toBe(2)
    const alerts = bodies.alerts.map(body => JSON.parse(body)).toSorted((a, b) => (a.kind < b.kind ? -1 : 1))
    expect(alerts).toMatchObject([
      { kind: 'budget-warning', state: 'begun', subject: 'all', share: 0.0001, at: expect.any(String) },
      {
        kind: 'key-rejected',
        state: 'begun',
        subject: 'locked',
        endpoint: 'locked:acme/first',
        at: expect.any(String),
      },
    ])
    for (const { message } of alerts) expect(message).toEqual(expect.any(String))
    expect(bodies.alerts.join()).not.toContain('CANARY')
  })
})

// Linux alone has a file that is always full.
const full = existsSync('/dev/full') ? openSync('/dev/full', 'w') : 'ignore'
afterAll(() => {
  if (full !== 'ignore') closeSync(full)
})

it('pushes metrics under a name of its own, which no other worker has; and goes on where its log has no room', async () => {
  const pushing = spawnWorker(
    ['--otlp', `http://${addressOf(collector)}`, '--task-queue', 'pushed'],
    ['ignore', 'pipe', full],
  )
  await once(pushing.stdout!, 'data')
  const words = ['start', 'researcher', '--input', PROMPT, '--task-queue', 'pushed', '--watch', '--json']
  expect(await signalbox(words, { env })).toMatchObject({ exitCode: EXIT.done })
  const ended = once(pushing, 'exit')
  pushing.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  const instances = bodies.metrics.map(body => /service\.instance\.id\P{L}+?(\d+@[\w.-]+)/u.exec(body)?.[1])
  expect(new Set(instances)).toEqual(new Set([`${pushing.pid}@${hostname()}`]))
})

it('a worker whose address for metrics is none says so and does not start', async () => {
  const { exitCode, err } = await signalbox(['worker', '--metrics', 'nowhere'], { env })
  expect([exitCode, err]).toEqual([EXIT.badInput, expect.stringContaining('127.0.0.1:9464')])
})

it('a worker whose address for metrics is taken says so and does not start', async () => {
  const started = spawnWorker(['--metrics', metricsAddress, '--log-level', 'error'], ['ignore', 'ignore', 'pipe'])
  const [said, ended] = await Promise.all([text(started.stderr!), once(started, 'close')])
  expect(ended).toEqual([EXIT.badInput, null])
  expect(said).toContain('metrics cannot be served at')
  expect(said).not.toMatch(/^\s+at /m)
})
