import { describe, expect, it } from 'vitest'
import type { Message } from '../../../src/core/messages.ts'
import type { Outcome } from '../../../src/core/protocol.ts'
import type { MeterRow } from '../../../src/providers/simulated/index.ts'
import type { AttemptRow, ChargeRow, Evidence } from './evidence.ts'
import { judge } from './judge/judge.ts'
import type { CampaignPlan, RunPlan } from './plan/plan.ts'
import { resultOf } from './tool-results.ts'

const tag = 'R0001'
const id = `${tag}-chain`

const run: RunPlan = {
  id,
  kind: 'chain',
  name: 'chainer',
  input: `This is ${tag}.`,
  terms: { budget: { usd: '0.000101' } },
  conversations: [
    {
      tag,
      run: id,
      firstStep: 1,
      system: 'Work.',
      user: `This is ${tag}.`,
      turns: [[{ tool: 'charge', at: '1.1' }]],
      said: {},
      text: 'Done.',
    },
  ],
  verdicts: {},
  ends: ['answered'],
}
const plan: CampaignPlan = { seed: 1, store: 'sqlite', runs: [run], faults: {}, blows: [], crewUsd: '1' }

const messages: readonly Message[] = [
  { role: 'system', content: 'Work.' },
  { role: 'user', content: [{ type: 'text', text: `This is ${tag}.` }] },
  {
    role: 'assistant',
    content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'charge', input: { tag, at: '1.1' } }],
  },
  {
    role: 'tool',
    content: [
      {
        type: 'tool-result',
        toolCallId: 'c1',
        toolName: 'charge',
        output: { type: 'text', value: resultOf('charge', tag, '1.1') },
      },
    ],
  },
  { role: 'assistant', content: [{ type: 'text', text: 'Done. [abc123]' }] },
]

const attempt: AttemptRow = {
  attempt_id: 'a1',
  call_id: 'call2',
  run_key: 'k1',
  run_id: id,
  scope_id: 'k1',
  shared_scopes: null,
  endpoint: 'alpha:acme/alpha',
  wire_request_id: 'w1',
  reason: 'planned',
  outcome: 'answered',
  cost_low_pico: '500',
  cost_high_pico: '500',
  settled_pico: '500',
  settled_tokens: 10,
}

const charge: ChargeRow = {
  run_key: 'k1',
  step: 1,
  tool_call_id: 'c1',
  question: 'q',
  tool_name: 'charge',
  price_pico: '100000000',
}

const metered: MeterRow = {
  vendor: 'alpha',
  requestId: 'req_1',
  clientRequestId: 'w1',
  model: 'model',
  stream: true,
  state: 'closed',
  outcome: 'answered',
  billedPico: '500',
  atMs: 0,
}

const PLAIN = { view: null, sums_up_for: null }
const answerOf = (length: number, truncated = false) =>
  JSON.stringify({ callId: 'call', truncated, transcript: { lineage: 'k1/1', length } })

const cost = { lowPico: '100000500', highPico: '100000500' }
const outcome: Outcome = { kind: 'answered', text: '', cost, costUsd: '', usage: {}, calls: 2, toolCalls: 1 }

function evidence(change: { rows?: Partial<Evidence['rows']> } & Partial<Omit<Evidence, 'rows'>> = {}): Evidence {
  const trace = { tool: 'charge', run: id, tag, at: '1.1', key: 'k1/1/c1/q' }
  return {
    ended: new Map([[id, { outcome }]]),
    meter: [metered],
    tools: [
      { step: 'begin', ...trace },
      { step: 'end', ...trace },
    ],
    transcript: async ({ length }) => messages.slice(0, length),
    fallen: [],
    leaks: [],
    ...change,
    rows: {
      runs: [{ run_key: 'k1', run_id: id, workspace: 'default', scope_id: 'k1', outcome: 'answered' }],
      calls: [
        { call_id: 'call1', run_key: 'k1', step: 1, answer: answerOf(3), ...PLAIN },
        { call_id: 'call2', run_key: 'k1', step: 2, answer: answerOf(5), ...PLAIN },
      ],
      attempts: [attempt],
      scopes: [
        {
          scope_id: 'k1',
          limit_pico: '101000000',
          limit_tokens: null,
          spent_pico: '100000500',
          spent_tokens: 10,
          reserved_pico: '0',
          reserved_tokens: 0,
        },
      ],
      reservations: [],
      charges: [charge],
      events: ['run-start', 'run-end'].map((kind, at) => ({
        run_key: 'k1',
        event_offset: at,
        body: `{"kind":"${kind}"}`,
      })),
      ...change.rows,
    },
  }
}

const heard = (said: readonly Message[]) => ({ transcript: async () => said })
const kindsIn = async (found: Evidence) => [...new Set((await judge(plan, found)).problems.map(({ kind }) => kind))]

describe('the judge', () => {
  it('finds nothing where all is well', async () => {
    expect((await judge(plan, evidence())).problems).toEqual([])
  })

  it.each<[string, Evidence, string]>([
    ['a client that heard of no end', evidence({ ended: new Map() }), 'lost'],
    ['another end', evidence({ ended: new Map([[id, { outcome: { ...outcome, kind: 'failed' } }]]) }), 'lost'],
    ['a message less', evidence(heard(messages.slice(0, 4))), 'lost'],
    ['a message in the middle less', evidence(heard(messages.toSpliced(2, 1))), 'lost'],
    ['a message twice', evidence(heard(messages.toSpliced(1, 0, messages[1]!))), 'doubled'],
    ['a message more', evidence(heard([...messages, messages[1]!])), 'doubled'],
    [
      'half an answer',
      evidence(heard(messages.with(4, { role: 'assistant', content: [{ type: 'text', text: 'Don' }] }))),
      'truncated',
    ],
    [
      'a step asked in two ways',
      evidence({
        rows: {
          calls: [3, 5, 5].map((length, at) => ({
            call_id: `c${at}`,
            run_key: 'k1',
            step: [1, 2, 2][at]!,
            answer: answerOf(length),
            ...PLAIN,
          })),
        },
      }),
      'doubled',
    ],
    [
      'an answer marked as truncated',
      evidence({ rows: { calls: [{ call_id: 'c', run_key: 'k1', step: 2, answer: answerOf(5, true), ...PLAIN }] } }),
      'truncated',
    ],
    [
      'a charge that ran twice',
      evidence({ tools: [1, 2].map(() => ({ step: 'begin', tool: 'charge', run: id, tag, at: '1.1', key: 'key' })) }),
      'atMostOnceViolations',
    ],
    ['a request without a row', evidence({ meter: [metered, { ...metered, clientRequestId: 'w2' }] }), 'exactMismatch'],
    ['another cost than the exact one', evidence({ meter: [{ ...metered, billedPico: '501' }] }), 'exactMismatch'],
    [
      'a cost over the high bound',
      evidence({
        rows: { attempts: [{ ...attempt, cost_low_pico: '0' }] },
        meter: [{ ...metered, billedPico: '501' }],
      }),
      'outsideBounds',
    ],
    ['a reservation', evidence({ rows: { reservations: [{ scope_id: 'k1', attempt_id: 'a1' }] } }), 'reservationsLeft'],
    ['a bill over the budget', evidence({ meter: [{ ...metered, billedPico: '1000001' }] }), 'overspent'],
    ['a tool that ran for nothing', evidence({ rows: { charges: [] } }), 'exactMismatch'],
    [
      'another price of a tool',
      evidence({ rows: { charges: [{ ...charge, price_pico: '100000001' }] } }),
      'exactMismatch',
    ],
    [
      'a tool that its run did not hear the price of',
      evidence({ rows: { charges: [charge, { ...charge, tool_call_id: 'c2' }] } }),
      'exactMismatch',
    ],
    ['words of a sealed run', evidence({ leaks: [{ run: id, place: 'temporal.db' }] }), 'leaked'],
    ['a worker that fell', evidence({ fallen: ['worker-1'] }), 'fallen'],
  ])('finds %s', async (_, found, kind) => {
    expect(await kindsIn(found)).toContain(kind)
  })
})
