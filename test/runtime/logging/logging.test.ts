import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ApplicationFailure } from '@temporalio/common'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { logWords } from '../../../src/runtime/logging/log-words.ts'
import { createTemporalLogger } from '../../../src/runtime/logging/logging.ts'
import { KEY_AWAY, OUT_OF_REACH, STORE_AWAY, UNPUSHED } from '../../../src/runtime/logging/once-out-of-reach.ts'
import { createOutages, type Outage, type Outages } from '../../../src/runtime/logging/outages.ts'
import { SealProblem, StoreProblem, type StoreProblemKind } from '../../../src/store/index.ts'

function logged(level: string): {
  readonly lines: () => readonly Record<string, unknown>[]
  log: ReturnType<typeof createTemporalLogger>
  readonly outages: Outages
} {
  const written: string[] = []
  const outages = createOutages(words => log.info(words), 1)
  const log = createTemporalLogger(pino({ level }, { write: line => written.push(line) }), Date.now, outages)
  return { log, outages, lines: () => written.map(line => JSON.parse(line)) }
}

it('writes one JSON line with the fields that activities put in, and not the token that completes them', () => {
  const { log, lines } = logged('info')
  const taskToken = new Uint8Array([1, 2, 3])
  log.info('attempt failed', { run: 'r', step: 3, class: 'strong', endpoint: 'acme:m', taskToken, timestampNanos: 1n })
  expect(lines()).toEqual([
    expect.objectContaining({ msg: 'attempt failed', run: 'r', step: 3, class: 'strong', endpoint: 'acme:m' }),
  ])
  expect(Object.keys(lines()[0]!)).not.toContain('taskToken')
})

it('writes the task of which an activity speaks, and not the one with the token', () => {
  const { log, lines } = logged('info')
  const task = { taskToken: new Uint8Array([1, 2, 3]) }
  for (const told of ['summarise', { title: 'sums' }, task, JSON.stringify(task)]) log.info('at work', { task: told })
  expect(lines().map(line => line.task)).toEqual(['summarise', { title: 'sums' }, undefined, undefined])
})

it('spells errors out and leaves out what is below its level', () => {
  const { log, lines } = logged('warn')
  log.info('started')
  log.log('WARN', 'cannot poll', { error: new Error('the server is gone') })
  expect(lines()).toHaveLength(1)
  expect(lines()[0]).toMatchObject({ level: 40, err: { message: 'the server is gone' } })
})

it('says in words what a person needs who watches', () => {
  const atMs = Date.UTC(2026, 10, 25, 22, 25, 22)
  const failed = {
    level: 40,
    time: atMs,
    pid: 1,
    workflowId: 'r-1',
    runId: 'x',
    taskQueue: 'q',
    msg: 'Workflow failed',
  }
  expect(logWords(JSON.stringify({ ...failed, err: { message: 'acme:m is gone', stack: 'at …' } }))).toBe(
    '22:25:22 warn  Workflow failed · run r-1 · acme:m is gone\n',
  )
  const attempt = {
    level: 30,
    time: atMs,
    run: 'r-1',
    step: 3,
    class: 'strong',
    endpoint: 'acme:m',
    msg: 'attempt failed',
  }
  expect(logWords(JSON.stringify(attempt))).toBe(
    '22:25:22 info  attempt failed · run r-1 · step 3 · class strong · endpoint acme:m\n',
  )
  expect(logWords(JSON.stringify({ ...attempt, fault: 'unsupported', without: ['topP', 'seed'] }))).toBe(
    '22:25:22 info  attempt failed · run r-1 · step 3 · class strong · endpoint acme:m · fault unsupported · without topP, seed\n',
  )
  const look = { level: 40, time: atMs, msg: 'runs could not be checked', problem: 'the server is silent' }
  expect(logWords(JSON.stringify(look))).toBe(
    '22:25:22 warn  runs could not be checked · problem the server is silent\n',
  )
  const budget = {
    level: 40,
    time: atMs,
    msg: 'budget runs low',
    budget: 'all',
    share: 0.8,
    left: '$1.0000 of $5.0000',
  }
  expect(logWords(JSON.stringify(budget))).toBe(
    '22:25:22 warn  budget runs low · budget all · left $1.0000 of $5.0000\n',
  )
  expect(logWords(JSON.stringify({ ...budget, budget: 'customers', label: { customer: 'ann' } }))).toBe(
    '22:25:22 warn  budget runs low · budget customers for label customer=ann · left $1.0000 of $5.0000\n',
  )
})

it('says once a minute that the server is out of reach, not at every try of every poller', () => {
  const written: string[] = []
  let nowMs = 0
  const log = createTemporalLogger(pino({ level: 'warn' }, { write: line => written.push(line) }), () => nowMs)
  const tries = (count: number) => {
    for (let at = 0; at < count; at += 1)
      log.warn(`gRPC call poll_workflow_task_queue retried ${at} times`, {
        sdkComponent: 'core',
        target: 'temporalio_client::retry',
        err: 'Status { code: Unavailable, message: "tcp connect error" }',
      })
    // A connection that stood is cut: by whom, and with which of the polls, differs.
    for (const err of [
      'Status { code: Unknown, message: "transport error", source: Some(tonic::transport::Error(Transport, hyper::Error(Io, Kind(ConnectionReset)))) }',
      'Status { code: Cancelled, message: "operation was canceled", source: Some(tonic::transport::Error(Transport, hyper::Error(Canceled, "connection closed"))) }',
    ])
      log.warn('gRPC call poll_activity_task_queue retried 3 times', { target: 'temporalio_client::retry', err })
    for (const [part, message] of [
      ['workflow', 'Error while completing workflow activation'],
      ['heartbeat', 'Network error while sending worker heartbeat'],
      ['activities', 'Network error while completing activity'],
    ])
      log.warn(message!, {
        sdkComponent: 'core',
        target: `temporalio_sdk_core::worker::${part}`,
        err: `code: 'The service is currently unavailable', message: "tcp connect error"`,
      })
    log.warn('Error while completing workflow activation', {
      target: 'temporalio_sdk_core::worker::workflow',
      err: `code: 'The operation was cancelled', message: "Timeout expired"`,
    })
    log.warn('Error when recording heartbeat: Status { code: Unavailable, message: "tcp connect error" }', {
      target: 'temporalio_sdk_core::worker::activities::activity_heartbeat_manager',
    })
  }
  tries(30)
  log.warn('something else')
  nowMs = 61_000
  tries(2)
  const messages = written.map(line => JSON.parse(line).msg)
  expect(messages).toEqual([OUT_OF_REACH, 'something else', OUT_OF_REACH])
})

it('says once a minute that a collector does not take metrics, whatever is said of the server', () => {
  const written: string[] = []
  let nowMs = 0
  const log = createTemporalLogger(pino({ level: 'warn' }, { write: line => written.push(line) }), () => nowMs)
  const target = 'temporalio_common::telemetry::otel::metric_export'
  for (; nowMs < 70_000; nowMs += 10_000) {
    log.warn('OTLP metric export failed; metrics may be dropped', {
      sdkComponent: 'core',
      target,
      err: 'network error',
    })
    log.warn('gRPC call poll_activity_task_queue retried 9 times', {
      target: 'temporalio_client::retry',
      err: 'Unavailable',
    })
  }
  expect(written.map(line => JSON.parse(line).msg)).toEqual([UNPUSHED, OUT_OF_REACH, UNPUSHED, OUT_OF_REACH])
})

it('says once that what it has called out of reach is back', async () => {
  const { log, lines, outages } = logged('info')
  const ending = new AbortController()
  const away = { server: true, store: true }
  const ask = (what: Outage) => () => (away[what] ? Promise.reject(new Error('away')) : Promise.resolve())
  outages.watch({ server: ask('server'), store: ask('store') }, ending.signal)
  const polled = { target: 'temporalio_client::retry', err: 'Unavailable' }
  const fail = (kind: StoreProblemKind) => log.warn('Activity failed', { error: new StoreProblem(kind, 'Away.') })
  for (let times = 0; times < 2; times++) log.warn('gRPC call poll_activity_task_queue retried 9 times', polled)
  fail('full')
  const told = () => lines().map(({ msg }) => (msg as string).split(/[,;.] /)[0])
  const begun = ['the Temporal server is out of reach', 'Away']
  await sleep(20)
  expect(told()).toEqual(begun)
  away.store = false
  fail('unreachable')
  await expect.poll(told).toEqual([...begun, 'Away', 'the store answers again'])
  away.server = false
  await expect.poll(told).toEqual([...begun, 'Away', 'the store answers again', 'the Temporal server answers again'])
  ending.abort()
})

it('says again at once what is out of reach after it was said to be back', async () => {
  const { log, lines, outages } = logged('info')
  const ending = new AbortController()
  outages.watch({ server: () => Promise.resolve(), store: () => Promise.resolve() }, ending.signal)
  const fail = () => log.warn('Activity failed', { error: new StoreProblem('busy', 'Locked.') })
  const told = () => lines().map(({ msg }) => (msg as string).split(/[,;.] /)[0])
  const once = ['Locked', 'the store answers again']
  fail()
  await expect.poll(told).toEqual(once)
  fail()
  await expect.poll(told).toEqual([...once, ...once])
  ending.abort()
})

it('says of a store that goes and comes all the time that it is back once it has stayed for a while', async () => {
  const { log, lines, outages } = logged('info')
  const ending = new AbortController()
  let looks = 0
  const look = async () => {
    looks += 1
    if (looks < 100 && looks % 3 === 0) log.warn('Activity failed', { error: new StoreProblem('unreachable', 'Cut.') })
  }
  outages.watch({ server: () => Promise.resolve(), store: look }, ending.signal)
  const begin = () => log.warn('Activity failed', { error: new StoreProblem('unreachable', 'Cut.') })
  const told = () => lines().map(({ msg }) => (msg as string).split(/[,;.] /)[0])
  const once = ['Cut', 'the store answers again']
  begin()
  await expect.poll(told).toEqual(once)
  begin()
  await expect.poll(told).toEqual([...once, ...once])
  expect(looks).toBeGreaterThan(110)
  ending.abort()
})

it('says once a minute that the store is out of reach, not for each task that fails of it', () => {
  const written: string[] = []
  let nowMs = 0
  const log = createTemporalLogger(pino({ level: 'error' }, { write: line => written.push(line) }), () => nowMs)
  const failing = (code: string) => {
    const words = `The PostgreSQL database db:5432/work cannot be reached (${code}). Start the server, or check DATABASE_URL.`
    const error = new StoreProblem('unreachable', words)
    log.warn('Activity failed', { sdkComponent: 'worker', workflowId: 'r-1', activityType: 'callModel', error })
    log.error('Failed to process Workflow Activation', { sdkComponent: 'worker', workflowId: 'r-2', error })
    const target = 'temporalio_sdk_core::worker::workflow'
    const failure = `Failure { message: "${words}", source: "TypeScriptSDK", stack_trace: "StoreProblem: ${words}" }`
    log.warn('Failing workflow task', { sdkComponent: 'core', target, failure })
  }
  failing('ECONNRESET')
  failing('ECONNREFUSED')
  log.error('Failed to process Workflow Activation', { workflowId: 'r-3', error: new Error('something else') })
  nowMs = 61_000
  failing('ECONNREFUSED')
  const lines = written.map(line => JSON.parse(line))
  const said = (code: string) =>
    `The PostgreSQL database db:5432/work cannot be reached (${code}). Start the server, or check DATABASE_URL. ${STORE_AWAY}`
  expect(lines.map(({ msg }) => msg)).toEqual([
    said('ECONNRESET'),
    'Failed to process Workflow Activation',
    said('ECONNREFUSED'),
  ])
  expect(lines[0]).not.toHaveProperty('err')
  expect(lines[1]).toMatchObject({ workflowId: 'r-3', err: { message: 'something else' } })
})

it('says once a minute of each master key that it is missing, and of each key that is gone for good', () => {
  const { log, lines } = logged('warn')
  const wrongKey = (key: string, master: string) =>
    new SealProblem(
      'wrong-master-key',
      `The key ${key} was wrapped with the master key ${master}, and the worker has none.`,
    )
  const failing = (error: SealProblem) => {
    log.error('Failed to process Workflow Activation', { sdkComponent: 'worker', workflowId: 'r-1', error })
    const failure = `Failure { message: "${error.message}", stack_trace: "SealProblem: ${error.message}" }`
    for (const message of ['Failing workflow task', 'Failing legacy query request'])
      log.warn(message, { target: 'temporalio_sdk_core::worker::workflow', failure })
    // As the SDK does where it cannot read what an activity is given.
    const unread = `Failed to parse heartbeat details for activity 3: ${error.message}`
    const given = { task: '{"taskToken":"a token"}', taskEncoded: 'YSB0b2tlbg==' }
    log.error(`Error while processing ActivityTask.start: ${unread}`, {
      error: ApplicationFailure.fromError(error, { message: unread }),
      ...given,
    })
  }
  for (const key of ['a', 'b']) failing(new SealProblem('destroyed', `The key ${key} was destroyed.`))
  for (const [key, master] of Object.entries({ c: 'one', d: 'two', e: 'one' })) failing(wrongKey(key, master))
  const destroyed = [
    'Failed to process Workflow Activation',
    expect.stringMatching(/^Error while processing ActivityTask.start: .* The key . was destroyed\.$/),
  ]
  const missing = (key: string, master: string) => `${wrongKey(key, master).message} ${KEY_AWAY}`
  expect(lines().map(({ msg }) => msg)).toEqual([...destroyed, ...destroyed, missing('c', 'one'), missing('d', 'two')])
  expect(JSON.stringify(lines())).not.toMatch(/a token|YSB0b2tlbg/)
})

it('says of a workflow that has changed which run it is and what differs, without what its history holds', () => {
  const { log, lines } = logged('warn')
  const event =
    'HistoryEvent { event_id: 12, event_time: Some(Timestamp { seconds: 1, nanos: 2 }), event_type: WorkflowExecutionSignaled, attributes: Some(Input { payloads: [[Im15IG5hbWUgaXMgQW5uIg==]] }) }'
  const message = `[TMPRL1100] Nondeterminism error: Timer machine does not handle this event: ${event}`
  log.warn('Failing workflow task', {
    sdkComponent: 'core',
    target: 'temporalio_sdk_core::worker::workflow',
    failure: `Failure { failure: Some(Failure { message: ${JSON.stringify(message)}, source: "", cause: None }), force_cause: NonDeterministicError }`,
    runId: '01a21d01-9f69',
  })
  expect(JSON.stringify(lines())).not.toContain('Im15IG5hbWUgaXMgQW5uIg')
  expect(logWords(JSON.stringify(lines()[0]))).toMatch(
    /warn {2}Failing workflow task · part 01a21d01-9f69 · reason \[TMPRL1100\] .* handle this event: HistoryEvent\(id: 12, WorkflowExecutionSignaled\)\n$/,
  )
})

describe('a log that nobody reads', () => {
  const script = fileURLToPath(new URL('./logging-process.ts', import.meta.url))
  const start = async (lines: number) => {
    const child = spawn(process.execPath, [script, String(lines)], { stdio: 'pipe' })
    await once(child.stdout, 'data')
    return child
  }
  const readAll = async (stream: Readable) =>
    (await text(stream))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).msg as string)

  it('does not hold up the work, and is whole once it is read, to the last line', async () => {
    const child = await start(1_000)
    const reading = readAll(child.stderr)
    child.stdin.write('end\n')
    const messages = await reading
    expect(messages).toHaveLength(1_001)
    expect(messages.at(-1)).toBe('the last line')
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(0)
  })

  it('is whole where somebody reads it and the process ends at once, as in a crash', async () => {
    const child = spawn(process.execPath, [script, '1000', 'exit'], { stdio: 'pipe' })
    const messages = await readAll(child.stderr)
    expect(messages).toHaveLength(1_001)
    expect(messages.at(-1)).toBe('the last line')
  })

  it('holds up the end of the process for no longer than a moment', async () => {
    const child = spawn(process.execPath, [script, '1000', 'exit'], { stdio: 'pipe' })
    await once(child, 'exit', { signal: AbortSignal.timeout(20_000) })
    child.stderr.resume()
  })

  it('says how many lines it lacks where there was no room for more', async () => {
    const child = await start(4_000)
    const lines = createInterface({ input: child.stderr })
    let read = 0
    for await (const line of lines) {
      const { msg, lines: missing } = JSON.parse(line)
      if (missing !== undefined) {
        expect(msg).toBe(`nobody read this log for a while, so ${missing} lines are missing`)
        expect(read + missing).toBe(4_000)
        break
      }
      read += 1
    }
    child.stdin.write('end\n')
    child.stderr.resume()
    await once(child, 'exit')
  })
})

it('lets nothing that was thrown steer the screen of a person who watches', () => {
  const line = {
    level: 40,
    time: 0,
    msg: 'Workflow failed',
    run: 'r-1',
    err: { message: 'no \u001b[2Jsuch\u202e page' },
  }
  expect(logWords(JSON.stringify(line))).toBe(
    '00:00:00 warn  Workflow failed · run r-1 · no \ufffd[2Jsuch\ufffd page\n',
  )
})
