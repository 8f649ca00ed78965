import { describe, expect, it } from 'vitest'
import { renderReport } from '../../src/cli/demo/render-report.ts'
import { costBetween } from '../../src/core/money/cost.ts'
import type { Outcome } from '../../src/core/protocol.ts'
import type { Directory } from '../../src/core/task-class.ts'
import { createReport, type Recorded } from '../../src/runtime/demo/create-report.ts'
import { attemptAt, callOf } from './records.ts'

const STRONG = {
  endpoints: [{ id: 'a:x/large', provider: 'a', model: 'x/large', price: { input: 3, output: 15 } }],
  classes: { strong: { models: ['x/large'] } },
} as unknown as Directory

const OUTCOME: Outcome = {
  kind: 'answered',
  cost: { lowPico: '100', highPico: '600' },
  costUsd: '0.0000000006',
  usage: {},
  calls: 1,
  toolCalls: 3,
}

const cut = attemptAt('a:x/large', {
  fault: { kind: 'cut-off', message: '', evidence: {} },
  cost: costBetween(0n, 500n),
})
const answered = attemptAt('b:x/large', {
  attempt: 2,
  reason: 'rerouted: cut-off',
  retention: 'none',
  firstTokenMs: 250,
  usage: { inputTokens: 2_000, cacheReadTokens: 1_024, outputTokens: 40, reasoningTokens: 10 },
})
const call = callOf([cut, answered], { usage: answered.usage, labels: { team: 'editorial', feature: 'titles' } })

const recorded: Recorded = {
  runs: [{ id: 'desk-1', workflow: 'desk', url: 'http://ui/desk-1', outcome: OUTCOME }],
  calls: [call],
  metered: [
    { vendor: 'a', requestId: 'r1', clientRequestId: cut.wireRequestId, billedPico: '30', state: 'closed' },
    { vendor: 'b', requestId: 'r2', clientRequestId: answered.wireRequestId, billedPico: '100', state: 'closed' },
  ],
  directory: STRONG,
}

const screen = { columns: undefined, command: 'npx signalbox' }

describe('the report', () => {
  it('has money as decimal strings, attempts in order, and every sum', () => {
    const report = createReport(recorded)
    expect(
      report.attempts.map(({ provider, fault, retention, meterUsd }) => [provider, fault, retention, meterUsd]),
    ).toEqual([
      ['a', 'cut-off', null, '0.00000000003'],
      ['b', null, 'none', '0.0000000001'],
    ])
    expect(report.classes).toEqual({ strong: { calls: 1, costLowUsd: '0.0000000001', costUsd: '0.0000000006' } })
    expect(Object.keys(report.labels)).toEqual(['feature=titles', 'team=editorial'])
    expect(report.totals).toMatchObject({ ledgerExactUsd: '0.0000000001', meterUsd: '0.00000000013', toolCalls: 3 })
    expect(report.problems).toEqual([])
  })

  it('names a run that did not answer, with its reason', () => {
    const outcome: Outcome = { ...OUTCOME, kind: 'out-of-budget', message: 'nothing is left of $0.50' }
    const { problems } = createReport({ ...recorded, runs: [{ ...recorded.runs[0]!, outcome }] })
    expect(problems).toEqual(['run desk-1 ended as out-of-budget: nothing is left of $0.50'])
  })

  it('shows planned and answering endpoint, attempts and why, tokens, cost and times of each call', () => {
    const lines = renderReport(createReport(recorded), { screen, kept: true }).split('\n')
    const row = lines.find(line => line.includes('rerouted'))
    expect(row?.trim().split(/\s{2,}/)).toEqual([
      '1',
      'strong',
      'a:x/large',
      'b:x/large',
      '2 (rerouted: cut-off)',
      '2,000 (1,024 cached)',
      '40 (10 reasoning)',
      '$0.000000000100 to $0.000000000600',
      '250 ms',
      '1.2 s',
    ])
    expect(lines.some(line => line.includes('http://ui/desk-1'))).toBe(true)
    expect(lines.some(line => line.includes('they agree'))).toBe(true)
  })

  it('gives no links to a server that has ended with it', () => {
    const words = renderReport(createReport(recorded), { screen })
    expect(words).not.toContain('http://ui/')
    expect(words).toContain('`npx signalbox demo --keep`')
  })

  it('shows the same of a call on a narrow screen, below its row', () => {
    const lines = renderReport(createReport(recorded), { screen: { ...screen, columns: 100 } }).split('\n')
    const row = lines.findIndex(line => line.includes('b:x/large'))
    expect(
      lines[row]
        ?.trim()
        .split(/\s{2,}/)
        .slice(0, 3),
    ).toEqual(['1', 'strong', 'b:x/large'])
    expect(lines[row + 1]).toBe('      planned a:x/large · attempts 2 (rerouted: cut-off) · input 2,000 (1,024 cached)')
    expect(lines[row + 2]).toBe('      output 40 (10 reasoning)')
  })
})
