/**
 * Where vendors fail, keyed to a conversation and the how-many-th of its requests.
 *
 * @module
 */
import type { FaultRuleInput } from '../../../../src/providers/simulated/index.ts'
import type { Chance } from '../random.ts'
import type { RunPlan } from './plan.ts'

/** `delta` goes down as a whole instead, and `steady` never fails. */
const FAILING = ['alpha', 'beta', 'gamma'] as const

type Kind = FaultRuleInput['kind']

/**
 * Kinds that strike a single request, the common ones more often. Left out: a refused key and a used-up account,
 * which close the vendor for an hour, so that a run which can afford nobody else waits for it; and an answer cut for length, which is
 * accepted as it is where the class sets the limit.
 */
const KINDS: readonly Kind[] = [
  ...(['rate-limit', 'overloaded', 'cut', 'reset', 'server-error', 'stall', 'in-band-error', 'no-finish'] as const),
  ...(['rate-limit', 'overloaded', 'cut', 'malformed-chunk', 'html', 'missing-usage', 'broken-tool-json'] as const),
  ...(['silence', 'slow-first-token', 'empty-answer', 'finish-without-done', 'context-too-long'] as const),
  ...(['finish-missing', 'gzip', 'slow-drip'] as const),
]

/** What vendors tell a conversation's requests by. */
export const matchOf = (tag: string) => `\\b${tag}\\b`

/** About half of the conversations meet a fault or two. A refused one is refused by all vendors, whenever it asks. */
export function planFaults(
  chance: Chance,
  runs: readonly RunPlan[],
): Readonly<Record<string, readonly FaultRuleInput[]>> {
  const faults: Record<string, FaultRuleInput[]> = { alpha: [], beta: [], gamma: [], delta: [], steady: [] }
  for (const { kind, conversations } of runs) {
    for (const { tag, turns } of conversations) {
      const match = matchOf(tag)
      if (kind === 'refused') for (const rules of Object.values(faults)) rules.push({ kind: 'content-filter', match })
      else
        for (const vendor of FAILING)
          if (chance.holds(0.35)) faults[vendor]!.push(drawFault(chance, match, turns.length))
    }
  }
  return faults
}

function drawFault(chance: Chance, match: string, turns: number): FaultRuleInput {
  const kind = chance.pick(KINDS)
  const waits = kind === 'rate-limit' && chance.holds(0.6) && { retryAfterMs: chance.whole(1, 4) * 250 }
  return {
    kind,
    match,
    times: chance.whole(1, 2),
    after: chance.whole(0, turns),
    ...waits,
    ...(kind === 'cut' && chance.holds(0.5) && { at: 'tool-call' as const }),
    ...(kind === 'slow-first-token' && { delayMs: 8_000 }),
  }
}
