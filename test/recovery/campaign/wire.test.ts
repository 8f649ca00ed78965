import { expect, it } from 'vitest'
import type { Message } from '../../../src/core/messages.ts'
import type { Evidence } from './evidence.ts'
import { judgeWire } from './judge/wire.ts'
import { planCampaign } from './plan/plan.ts'

const plan = planCampaign(1, 25)
const desk = plan.runs.find(({ kind }) => kind === 'desk')!
const [first] = desk.conversations

/** One answer of a desk, signed by the vendor over whatever it was sent. */
function evidence(closing: string): Evidence {
  const messages: readonly Message[] = [
    { role: 'user', content: [{ type: 'text', text: first!.user }] },
    { role: 'assistant', content: [{ type: 'text', text: closing }] },
  ]
  const answer = { endpoint: 'steady:acme/steady', transcript: { lineage: 'k/1', length: 2 } }
  return {
    ended: new Map(),
    meter: [],
    tools: [],
    fallen: [],
    leaks: [],
    transcript: async ({ length }) => messages.slice(0, length),
    rows: {
      runs: [{ run_key: 'k', run_id: desk.id, workspace: 'default', scope_id: 'k', outcome: 'answered' }],
      calls: [{ call_id: 'c', run_key: 'k', step: 1, answer: JSON.stringify(answer), view: null, sums_up_for: null }],
      attempts: [],
      scopes: [],
      reservations: [],
      charges: [],
      events: [],
    },
  }
}

it('tells an answer that a vendor signed over these messages from one over others', async () => {
  const onePlan = { ...plan, runs: [{ ...desk, conversations: [first!] }] }
  expect(await judgeWire(onePlan, evidence(`${first!.text} [000000]`))).toHaveLength(1)
  expect(await judgeWire(onePlan, evidence(`${first!.text} [${SIGNED}]`))).toEqual([])
})

/** Of seed 1's first desk at `steady`. */
const SIGNED = 'ada5f1'
