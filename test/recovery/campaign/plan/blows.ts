/**
 * The blows of a campaign: at which place in which run's life what is killed.
 *
 * @module
 */
import type { Chance } from '../random.ts'
import { asksOf, type Conversation } from './conversations.ts'
import { matchOf } from './faults.ts'
import type { Blow, CampaignPlan, Mark, Point, RunPlan, Strike } from './plan.ts'
import { NIGHTLY } from './runs.ts'

const CALL_POINTS: readonly Point[] = ['attempt-begun', 'answer-received', 'answer-stored']
const TOOL_POINTS: readonly Point[] = ['tool-begun', 'tool-run', 'tool-stored']
const ENDS: readonly Point[] = ['run-opening', 'run-opened', 'run-closing', 'run-closed']
const FAULT_POINTS: readonly Point[] = ['attempt-ending', 'attempt-ended']
const SAID_POINTS: readonly Point[] = ['said-keeping', 'said-kept']

/** What only some kinds of runs come to. */
const OWN_POINTS: Readonly<Record<string, readonly Point[]>> = {
  guarded: ['decision-keeping', 'decision-kept'],
  timed: ['decision-keeping', 'decision-kept'],
  shortened: ['call-begun', 'answer-begun'],
  crew: ['wait-begun'],
}

/** What calls of a class that asks in batches come to. */
const BATCH_POINTS: readonly Point[] = ['call-begun', 'batch-noting', 'batch-noted']

/** Until the answer has come and a tool has run: between two marks there is more that can be half done. */
const LATER_MS = 150

/** In these runs a blow of its own decides what becomes of them, and another one before it would let them answer. */
const OWN_STRIKES: Readonly<Record<string, Strike>> = {
  stopped: 'stop-run',
  cancelled: 'cancel-run',
  terminated: 'terminate-run',
  reset: 'reset-run',
}

export interface Striking {
  readonly runs: readonly RunPlan[]
  readonly faults: CampaignPlan['faults']
  readonly store: CampaignPlan['store']
  /** How often a single worker is killed. @defaultValue for about every ten runs once */
  readonly kills?: number
}

export function planBlows(chance: Chance, { runs, faults, store, kills }: Striking): readonly Blow[] {
  const strikes = chance.shuffled(strikesFor(runs.length, store, kills))
  const struck = chance.shuffled(runs.filter(({ kind }) => !(kind in OWN_STRIKES) && kind !== 'refused'))
  const blows = strikes.map((strike, index) => {
    const run = struck[index % struck.length]!
    const conversation = chance.pick(run.conversations)
    const at = drawMark(chance, conversation, ownPoints(run, conversation, faults))
    const isLater = strike === 'kill-worker' && chance.holds(0.4)
    return { strike, at, ...(isLater && { afterMs: chance.whole(1, LATER_MS) }) }
  })
  return [...blows, ...runs.flatMap(run => ownBlow(chance, run))]
}

/** All workers are killed twice; everything else is struck at least once. */
function strikesFor(
  runs: number,
  store: CampaignPlan['store'],
  kills = Math.max(3, Math.round(runs / 10)),
): readonly Strike[] {
  const many = runs >= 50 ? 2 : 1
  const times = (strike: Strike, count: number) => Array<Strike>(count).fill(strike)
  return [
    ...times('kill-worker', kills),
    ...times('kill-all-workers', many),
    ...times('stop-worker', many),
    ...times('restart-server', many),
    ...times('restart-database', store === 'postgres' ? many : 0),
    ...times('vendor-outage', many),
  ]
}

/** What this conversation will come to and others will not. */
function ownPoints(
  { kind, verdicts, terms }: RunPlan,
  { tag }: Conversation,
  faults: CampaignPlan['faults'],
): readonly Point[] {
  const says = Object.values(verdicts).some(({ say }) => say !== undefined)
  const fails = Object.values(faults).some(rules => rules.some(({ match }) => match === matchOf(tag)))
  const waits = NIGHTLY.some(name => name === terms.taskClass)
  const own = [...(OWN_POINTS[kind] ?? []), ...(waits ? BATCH_POINTS : [])]
  return [...own, ...(says ? SAID_POINTS : []), ...(fails ? FAULT_POINTS : [])]
}

function drawMark(chance: Chance, conversation: Conversation, own: readonly Point[]): Mark {
  const { run, firstStep } = conversation
  const asks = asksOf(conversation)
  if (chance.holds(0.2)) return { run, point: chance.pick(ENDS), step: 0 }
  if (own.length > 0 && chance.holds(0.4)) return { run, point: chance.pick(own), step: 0 }
  if (asks > 0 && chance.holds(0.5)) return { run, point: chance.pick(TOOL_POINTS), step: chance.whole(1, asks) }
  return { run, point: chance.pick(CALL_POINTS), step: firstStep + chance.whole(0, asks) }
}

/** Before the last answer is asked for, so that the run cannot end by itself first. */
function ownBlow(chance: Chance, { kind, conversations }: RunPlan): readonly Blow[] {
  const strike = OWN_STRIKES[kind]
  if (!strike) return []
  const { run, turns } = conversations[0]!
  const point = chance.pick<Point>(['attempt-begun', 'answer-received', 'tool-begun'])
  return [{ strike, at: { run, point, step: chance.whole(1, turns.length) } }]
}
