import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeEndpoints } from '../../src/cli/print/endpoints.ts'
import type { HealthOutcome, Seen } from '../../src/core/routing/health/health-state.ts'
import { recordAll } from '../../src/core/routing/health/record-outcome.ts'
import { openStore } from '../../src/store/index.ts'
import { answered, ENDPOINT, exactly, faulted, newAttempt, newCall, newRun } from '../store/records.ts'
import { signalbox } from './captured.ts'

const OTHER = { ...ENDPOINT, id: 'bolt:acme/large', provider: 'bolt' }

let folder: string
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-endpoints-'))
  env = { DATABASE_URL: `sqlite:${join(folder, 'store.db')}` }
  const store = await openStore({ path: join(folder, 'store.db') })
  const nowMs = Date.now()
  await store.ledger.openRun(newRun())
  for (let step = 1; step <= 20; step += 1) {
    const call = newCall(step, { startedAtMs: nowMs - 60_000 + step, ...(step > 18 && { taskClass: 'cheap' }) })
    const endpoint = step % 2 === 0 ? ENDPOINT : OTHER
    await store.ledger.beginCall(call)
    await store.ledger.beginAttempt(newAttempt(call, 1, { endpoint }))
    const end =
      step === 2
        ? faulted()
        : answered({
            usage: { inputTokens: 1_000, outputTokens: 100, cacheReadTokens: step % 2 === 0 ? 750 : 0 },
            cost: exactly(step * 1_000_000),
            firstTokenMs: 10 * step,
            totalMs: 10 * step + 2_000,
          })
    await store.ledger.endAttempt(`${call.callId}#1`, end)
  }
  const limited = { kind: 'rate-limited', message: '', evidence: { retryAfterMs: 600_000 } } as const
  const seen = [{ outcome: { kind: 'fault' as const, fault: limited }, atMs: nowMs, chance: 0 }]
  await store.health.exchange([{ endpoint: ENDPOINT.id, seen }], 0, nowMs)
  expect(recordAll(undefined, seen).cooldown?.untilMs).toBe(nowMs + 600_000)
  await store.health.exchange([{ endpoint: OTHER.id, seen: limitedTwice(nowMs) }], 0, nowMs)
  await store.close()
})

afterAll(() => rmSync(folder, { recursive: true }))

/** By 429s that teach limits, on tokens and on open requests: three of these are left. */
function limitedTwice(nowMs: number): Seen[] {
  const at = (agoMs: number, ...outcomes: HealthOutcome[]) =>
    outcomes.map(outcome => ({ outcome, atMs: nowMs - agoMs, chance: 0 }))
  const asked: HealthOutcome = { kind: 'asked', tokens: 100 }
  const refused = (limitedBy: 'tokens' | 'concurrency'): HealthOutcome => ({
    kind: 'fault',
    fault: { kind: 'rate-limited', message: '', evidence: { retryAfterMs: 500, limitedBy } },
  })
  return [
    ...at(20_000, { kind: 'told', limits: { tokensPerMinute: 30_000 } }, asked, asked, asked, refused('tokens')),
    ...at(10_000, asked, asked, refused('concurrency')),
  ]
}

describe('endpoints', () => {
  it('leaves out what was asked at the end or later', async () => {
    const until = async (text: string) => (await signalbox(['endpoints', '--until', text, '--json'], { env })).json()
    expect((await until('30s')).endpoints).toHaveLength(2)
    expect(await until('2m')).toMatchObject({ endpoints: [], until: expect.stringMatching(/Z$/) })
    const mistaken = await signalbox(['endpoints', '--since', '1m', '--until', '2m'], { env })
    expect(mistaken).toMatchObject({ exitCode: 2, err: expect.stringContaining('must be later than --since') })
  })

  it('says of each which is faster, steadier and cheaper, and how it is now', async () => {
    const { endpoints } = (await signalbox(['endpoints', '--json'], { env })).json()
    expect(endpoints).toMatchObject([
      {
        endpoint: 'acme:acme/large',
        attempts: 10,
        answered: 9,
        faults: { 'rate-limited': 1 },
        failureShare: 0,
        rateLimitedShare: 0.1,
        firstTokenMs: { p50: 120, p95: 200 },
        tokensPerSecond: 50,
        cachedShare: 0.75,
        usdPerAnswer: '0.000012',
        usdPerThousandOutputTokens: '0.00012',
        health: { breaker: 'closed', coolingUntil: expect.stringMatching(/^20/) },
      },
      { endpoint: 'bolt:acme/large', attempts: 10, answered: 10, cachedShare: 0, firstTokenMs: { p50: 90, p95: 190 } },
    ])
    expect(endpoints[1].health).toMatchObject({ learnedConcurrency: 3 })
    expect(endpoints[1].health.learnedTokensPerMinute).toBeGreaterThanOrEqual(30_000)
    const { out } = await signalbox(['endpoints'], { env })
    expect(out).toMatch(/first token p50 \/ p95/)
    expect(out).toMatch(/acme:acme\/large +10 +0 % +10 % +120 ms \/ 200 ms +50 .*cooling for/)
    expect(out).toMatch(/bolt:acme\/large .*3\d,\d{3} tokens a minute, 3 requests at once/)
  })

  it('says which refused the key when it was last asked, though other workers know nothing of that', () => {
    const { id: endpoint, provider, model } = ENDPOINT
    const figures = { attempts: 2, answered: 1, rateLimited: 0, inputTokens: 1, outputTokens: 1 }
    const report = { endpoint, provider, model, ...figures, faults: { unauthenticated: 1 } }
    const refused = describeEndpoints([{ report: { ...report, lastFault: 'unauthenticated' } }], 0, undefined)
    expect(refused).toContain('refused the key when last asked')
    expect(describeEndpoints([{ report }], 0, undefined)).not.toContain('refused')
  })

  it('says by how much a vendor reports more or less than its list over many answers', () => {
    const { id: endpoint, provider, model } = ENDPOINT
    const report = { endpoint, provider, model, attempts: 20, answered: 20, rateLimited: 0, faults: {} }
    const told = (answers: number, pico: string, listedPico = '1000000000000') => {
      const billed = { answers, pico, listedPico }
      const rows = [{ report: { ...report, inputTokens: 1, outputTokens: 1, billed } }]
      return describeEndpoints(rows, 0, undefined).split('\n\n')[1]
    }
    expect(told(20, '1120000000000')).toMatch(
      /^acme:acme\/large reports \$1\.12\d* for 20 answers, 12 % more than the \$1\.0+ of its listed price: /,
    )
    expect(told(1_200, '800000000000')).toContain('for 1,200 answers, 20 % less than')
    expect(told(20, '5', '0')).toContain('though it is listed as free')
    for (const [answers, pico, listed] of [
      [19, '2000000000000'],
      [20, '1040000000000'],
      [20, '0', '0'],
    ] as const)
      expect(told(answers, pico, listed)).toBeUndefined()
  })

  it('can be asked about one provider, model, class or time', async () => {
    const asked = async (...words: string[]) =>
      (
        (await signalbox(['endpoints', '--json', ...words], { env })).json().endpoints as {
          endpoint: string
          attempts: number
        }[]
      ).map(({ endpoint, attempts }) => `${endpoint} ${attempts}`)
    expect(await asked('--provider', 'bolt')).toEqual(['bolt:acme/large 10'])
    expect(await asked('--class', 'cheap')).toEqual(['acme:acme/large 1', 'bolt:acme/large 1'])
    expect(await asked('--model', 'acme/small')).toEqual([])
    expect(await asked('--since', '1s')).toEqual([])
  })
})
