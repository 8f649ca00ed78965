import { expect, it } from 'vitest'
import type { Price } from '../../../src/core/endpoints.ts'
import type { Bench } from '../describe-store.ts'
import { answered, exactly, faulted, newAttempt, newCall, newRun } from '../records.ts'

export function endpointTests(bench: Bench): void {
  it('sums what its attempts met and cost, the failed ones too, and leaves out those that are open', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1, { startedAtMs: 5_000 })
    await ledger.beginCall(call)
    await ledger.beginAttempt(newAttempt(call, 1))
    await ledger.endAttempt(`${call.callId}#1`, faulted({ cost: exactly(200) }))
    await ledger.beginAttempt(newAttempt(call, 2))
    await ledger.endAttempt(`${call.callId}#2`, answered({ firstTokenMs: 100, totalMs: 1_100, cost: exactly(1_000) }))
    await ledger.beginAttempt(newAttempt(call, 3))
    expect(await reports.endpoints({ fromMs: 5_000, untilMs: 6_000 })).toEqual([
      {
        endpoint: 'acme:acme/large',
        provider: 'acme',
        model: 'acme/large',
        attempts: 2,
        answered: 1,
        faults: { 'rate-limited': 1 },
        rateLimited: 1,
        firstTokenMs: { p50: 100, p95: 100 },
        tokensPerSecond: 12,
        inputTokens: 30,
        outputTokens: 12,
        picoPerAnswer: 1_200,
        picoPerThousandOutput: 100_000,
      },
    ])
    await ledger.endAttempt(`${call.callId}#3`, faulted())
    expect(await reports.endpoints({ fromMs: 5_000, untilMs: 6_000 })).toMatchObject([{ lastFault: 'rate-limited' }])
    expect(await reports.endpoints({ fromMs: 6_000, untilMs: 7_000 })).toEqual([])
  })

  it('holds what a vendor has reported against the list, where both are known', async () => {
    const { ledger, reports } = await bench.open()
    await ledger.openRun(newRun())
    const call = newCall(1, { startedAtMs: 5_000 })
    await ledger.beginCall(call)
    const usage = { inputTokens: 30, outputTokens: 12 }
    const ends = [{ usage, reportedCostPico: '60' }, { usage }, { usage: {}, reportedCostPico: '5' }]
    for (const [at, end] of ends.entries()) {
      await ledger.beginAttempt(newAttempt(call, at + 1))
      await ledger.endAttempt(`${call.callId}#${at + 1}`, answered(end))
    }
    const billedBy = async (prices?: ReadonlyMap<string, Price>) =>
      (await reports.endpoints({ fromMs: 5_000, untilMs: 6_000, ...(prices && { prices }) }))[0]!.billed
    const price = { input: 0.000001, output: 0.000002 }
    expect(await billedBy(new Map([['acme:acme/large', price]]))).toEqual({ answers: 1, pico: '60', listedPico: '54' })
    expect(await billedBy(new Map([['acme:acme/other', price]]))).toBeUndefined()
    expect(await billedBy()).toBeUndefined()
  })
}
