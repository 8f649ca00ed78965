import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { inspectRun } from '../../src/runtime/inspect/inspect-run.ts'
import { explainCall } from '../../src/runtime/routes/explain-call.ts'
import { detailsWith } from '../support/details.ts'
import { allEvents, eventOf } from '../support/following.ts'
import { historyOf, historyText } from '../support/history.ts'
import { expectLedgerMatchesMeter } from '../support/invariants.ts'
import { YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage

/** A stage for each test: health is the worker's, and one test's breaker would be another's route. */
beforeEach(async () => {
  await stage?.close()
  stage = await stageScene()
})

afterAll(() => stage?.close())

describe('fallback', () => {
  it.each([
    ['rate-limit', 'rate-limited'],
    ['cut', 'cut-off'],
    ['down', 'unreachable'],
    ['overloaded', 'overloaded'],
    ['unauthenticated', 'unauthenticated'],
    ['html', 'malformed-reply'],
    ['missing-usage', undefined],
  ] as const)('after %s the other vendor answers, and the ledger bounds what was billed', async (kind, fault) => {
    await stage.vendors.setFaults('one', [{ kind }])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 2 })
    const attempts = await stage.store.reports.attempts({ run: run.id, limit: 20 })
    const [first] = attempts
    expect(first).toMatchObject({ provider: 'one', attempt: 1, reason: 'planned' })
    expect(first?.fault?.kind).toBe(fault)
    if (fault) expect(attempts.at(-1)).toMatchObject({ provider: 'two', outcome: 'answered' })
    await expectLedgerMatchesMeter(stage)
  })

  it('announces that an attempt is superseded, so that a reader discards what it streamed', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'cut', afterTokens: 20 }])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?' })
    const events = await allEvents(run.events())
    const ends = events.filter(event => event.kind === 'attempt-end' && event.step === 1)
    expect(ends).toMatchObject([
      { attempt: 1, superseded: true, fault: 'cut-off' },
      { attempt: 2, superseded: false, outcome: 'answered' },
    ])
    expect(events.at(-1)).toMatchObject({ kind: 'run-end', outcome: 'answered' })
    expect(events.map(event => event.offset)).toEqual(events.map(event => event.offset).toSorted((a, b) => a - b))
  })

  it('waits on a durable timer that says why when nobody else is left, then goes on under the same call', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'rate-limit', times: 1, retryAfterMs: 1_000 }])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', taskClass: 'only-one' })
    const wait = await eventOf(run.events(), 'wait')
    expect(wait.ms).toBeGreaterThanOrEqual(900)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2 })
    const { waits } = await inspectRun(stage.signalbox, run.id)
    expect(waits).toMatchObject([{ step: 1, ms: wait.ms, reason: 'one answered 429' }])
    const timers = (await historyOf(stage.signalbox.client, run.id)).filter(event => event.type === 'timerStarted')
    expect(timers.map(timer => timer.summary)).toEqual([expect.stringMatching(/^waiting \d s: one answered 429$/)])
    const attempts = await stage.store.reports.attempts({ run: run.id, limit: 20 })
    expect(attempts.slice(0, 2).map(attempt => [attempt.step, attempt.attempt, attempt.fault?.kind])).toEqual([
      [1, 1, 'rate-limited'],
      [1, 2, undefined],
    ])
    const details = await detailsWith(stage.signalbox.client, run.id, '2\u00a0attempts')
    const [, seconds] = /2\u00a0attempts.*\|\u00a0([\d.]+)\u00a0s\u00a0\|/.exec(details)!
    // The wait was part of the call, as it is to `show`.
    expect(Number(seconds)).toBeGreaterThanOrEqual(0.9)
  })

  it.each([
    ['stop', 'stopped'],
    ['cancel', 'cancelled'],
  ] as const)('ends its durable wait at once on %s, with what it has cost', async (verb, kind) => {
    await stage.vendors.setFaults('one', [{ kind: 'rate-limit', retryAfterMs: 600_000 }])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', taskClass: 'only-one' })
    await eventOf(run.events(), 'wait')
    await run[verb]()
    expect(await run.outcome()).toMatchObject({ kind, calls: 1 })
  })

  it('goes on in the class that it has stepped down to when it waits for a limit there', async () => {
    await stage.close()
    const yaml = YAML.replace('acme/small: {', 'acme/small: { limits: { requestsPerMinute: 20 },')
      .replace('classes:', 'classes:\n  dear: { models: [acme/large], maxOutputTokens: 500, onBudget: only-one }')
      .concat("budgets:\n  dear-day: { scope: { class: dear }, per: day, usd: '0.0001' }\n")
    stage = await stageScene({ yaml })
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', taskClass: 'dear' })
    await eventOf(run.events(), 'wait')
    await stage.store.budgets.setLimits('dear-day', { limitPico: '1000000000000', setAtMs: 1 })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2 })
    const rows = await stage.store.reports.attempts({ run: run.id })
    expect(rows.map(({ taskClass }) => taskClass)).toEqual(['only-one', 'only-one'])
  })

  it('outlasts an outage of everyone on a durable timer, and goes on when somebody is back', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'reset', times: 2 }])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', taskClass: 'only-one' })
    const wait = await eventOf(run.events(), 'wait')
    expect(wait.ms).toBeGreaterThan(4_000)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2 })
    const { waits } = await inspectRun(stage.signalbox, run.id)
    expect(waits).toMatchObject([{ reason: 'one could not be reached' }])
    const reasons = (await stage.store.reports.attempts({ run: run.id, limit: 20 })).map(({ reason }) => reason)
    expect(reasons).toEqual(['planned', 'retried: unreachable', 'retried: unreachable', 'planned'])
    await expectLedgerMatchesMeter(stage)
  })

  it('outlasts a refused key where its class names how long, and says on its timers what people have to mend', async () => {
    await stage.close()
    const yaml = YAML.replace('patience: 300ms', 'patience: 300ms, outlast: 30m')
    stage = await stageScene({ yaml })
    await stage.vendors.setFaults('one', [{ kind: 'unauthenticated' }])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', taskClass: 'only-one' })
    const timers = async () =>
      (await historyOf(stage.signalbox.client, run.id))
        .filter(event => event.type === 'timerStarted')
        .map(timer => timer.summary)
    await expect
      .poll(timers)
      .toEqual([
        expect.stringMatching(/^waiting [56] s: one refuses the key$/),
        expect.stringMatching(/^waiting 1[67]\d s: one refuses the key$/),
      ])
    // What it says of itself is read long after, and so has the time at which it goes on.
    const { waitingFor = '' } = await run.state()
    const [, until = ''] = /^waiting until (.+ UTC): one refuses the key$/.exec(waitingFor) ?? []
    expect(Date.parse(until) - Date.now()).toSatisfy(leftMs => leftMs > 50_000 && leftMs < 175_000)
    expect(await detailsWith(stage.signalbox.client, run.id, `**${waitingFor}**`)).toMatch('step 1')
    // Its second activity knows that the log was told.
    expect(await historyText(stage.signalbox.client, run.id)).toMatch(/"memory":{"draw":[^{}]*},"toldWait":true}/)
    await run.stop()
    expect(await run.outcome()).toMatchObject({ kind: 'stopped', calls: 1 })
  })

  it('fails for good, and says where, when its transcript is damaged', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'rate-limit', times: 1, retryAfterMs: 8_000 }])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', taskClass: 'only-one' })
    await eventOf(run.events(), 'wait')
    // The worker may be writing.
    const file = new DatabaseSync(stage.storePath, { timeout: 3_000 })
    file.exec(`update messages set body = replace(body, 'sum', 'sea') where position = 1`)
    file.close()
    expect(await run.outcome()).toMatchObject({ kind: 'failed', message: expect.stringContaining('Message 1 of') })
    expect((await stage.store.reports.run(run.id))?.message).toContain('has been changed since it was written')
  })

  it('fails with the fault, as data, when everyone fails', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'unauthenticated' }])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', taskClass: 'only-one' })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'failed', fault: { kind: 'unauthenticated', evidence: { status: 401 } } })
    expect((await stage.store.reports.run(run.id))?.outcome).toBe('failed')
    await detailsWith(stage.signalbox.client, run.id, '\u00a0unauthenticated\u00a0|')
  })

  it('says of every endpoint why it may not serve, when none may, and which command shows the plan of that very call', async () => {
    const start = { input: 'What is the sum?', workspace: 'acme', policy: { denyProviders: ['two'] } }
    const run = await stage.signalbox.start('clerk', start)
    const { message, ...outcome } = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'failed', fault: { kind: 'no-route' } })
    expect(stage.vendors.meter()).toHaveLength(0)
    expect(message).toContain(`\`signalbox explain ${run.id} --step 1\` shows the whole plan.`)
    const [explained] = await explainCall(stage.store, run.id, 1)
    const { needs, rejections } = explained!.plans[0]!
    expect(needs.abilities).toContain('tools')
    expect(rejections.map(({ endpoint }) => endpoint).toSorted()).toEqual(['one:acme/small', 'two:acme/large'])
    for (const { endpoint, found } of rejections) expect(message).toContain(`${endpoint}: ${found}`)
  })
})

describe('cancelling a call on the wire', () => {
  it('closes the socket within seconds and keeps what it may have cost', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 5 }])
    let soonestMs = Number.POSITIVE_INFINITY
    // A busy machine may be late by itself, though hardly five times.
    for (let turn = 1; turn <= 5 && soonestMs >= 4_000; turn += 1)
      soonestMs = Math.min(soonestMs, await closedAfterMs())
    expect(soonestMs).toBeLessThan(4_000)
    await expectLedgerMatchesMeter(stage)
  })

  async function closedAfterMs(): Promise<number> {
    const run = await stage.signalbox.start('clerk', { input: 'Tell me a long story.', taskClass: 'only-one' })
    await eventOf(run.events(), 'attempt-start')
    const cancelledAtMs = Date.now()
    await run.cancel()
    expect(await run.outcome()).toMatchObject({ kind: 'cancelled', calls: 1 })
    await expect.poll(() => stage.vendors.meter().at(-1)?.outcome).toBe('aborted')
    const row = stage.vendors.meter().at(-1)
    const [attempt] = await stage.store.reports.attempts({ run: run.id, limit: 1 })
    expect(attempt).toMatchObject({ outcome: 'cancelled', cost: { lowPico: '0' } })
    expect(BigInt(attempt?.cost?.highPico ?? 0)).toBeGreaterThan(0n)
    return (row?.endedAtMs ?? Number.POSITIVE_INFINITY) - cancelledAtMs
  }
})
