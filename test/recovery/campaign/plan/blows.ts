/**
 * The blows of a campaign: at which place in which run's life what is killed.
 *
 * @module
 */
import type { Chance } from '../random.ts'
import { asksOf, type Conversation } from './conversations.ts'
import type { Blow, CampaignPlan, Mark, Point, RunPlan, Strike } from './plan.ts'

const CALL_POINTS: readonly Point[] = ['attempt-begun', 'answer-received', 'answer-stored']
const TOOL_POINTS: readonly Point[] = ['tool-begun', 'tool-run', 'tool-stored']
const ENDS: readonly Point[] = ['run-opening', 'run-opened', 'run-closing', 'run-closed']
const ANY_STEP: readonly Point[] = ['attempt-ending', 'attempt-ended', 'answer-begun']

/** What only some kinds of runs come to, as a rule. */
const OWN_POINTS: Readonly<Record<string, readonly Point[]>> = {
  guarded: ['decision-keeping', 'decision-kept', 'said-keeping', 'said-kept'],
  timed: ['decision-keeping', 'decision-kept'],
  shortened: ['call-begun', 'answer-begun'],
  crew: ['wait-begun'],
}

/** Until the answer has come and a tool has run: between two marks there is more that can be half done. */
const LATER_MS = 150

/** In these runs a blow of its own decides the end, and another one before it would let them answer. */
const ENDED_BY: Readonly<Record<string, Strike>> = {
  stopped: 'stop-run',
  cancelled: 'cancel-run',
  terminated: 'terminate-run',
}

export function planBlows(chance: Chance, runs: readonly RunPlan[], store: CampaignPlan['store']): readonly Blow[] {
  const strikes = chance.shuffled(strikesFor(runs.length, store))
  const struck = chance.shuffled(runs.filter(({ kind }) => !(kind in ENDED_BY) && kind !== 'refused'))
  const blows = strikes.map((strike, index) => {
    const run = struck[index % struck.length]!
    const at = drawMark(chance, run.kind, chance.pick(run.conversations))
    const isLater = strike === 'kill-worker' && chance.holds(0.4)
    return { strike, at, ...(isLater && { afterMs: chance.whole(1, LATER_MS) }) }
  })
  return [...blows, ...runs.flatMap(run => endingBlow(chance, run))]
}

/** One worker is killed for about every ten runs, and all of them twice; everything else at least once. */
function strikesFor(runs: number, store: CampaignPlan['store']): readonly Strike[] {
  const many = runs >= 50 ? 2 : 1
  const times = (strike: Strike, count: number) => Array<Strike>(count).fill(strike)
  return [
    ...times('kill-worker', Math.max(3, Math.round(runs / 10))),
    ...times('kill-all-workers', many),
    ...times('stop-worker', many),
    ...times('restart-server', many),
    ...times('restart-database', store === 'postgres' ? many : 0),
    ...times('vendor-outage', many),
  ]
}

function drawMark(chance: Chance, kind: string, conversation: Conversation): Mark {
  const { run, firstStep } = conversation
  const asks = asksOf(conversation)
  if (chance.holds(0.2)) return { run, point: chance.pick(ENDS), step: 0 }
  if (chance.holds(0.25)) return { run, point: chance.pick(OWN_POINTS[kind] ?? ANY_STEP), step: 0 }
  if (asks > 0 && chance.holds(0.5)) return { run, point: chance.pick(TOOL_POINTS), step: chance.whole(1, asks) }
  return { run, point: chance.pick(CALL_POINTS), step: firstStep + chance.whole(0, asks) }
}

/** Before the last answer is asked for, so that the run cannot end by itself first. */
function endingBlow(chance: Chance, { kind, conversations }: RunPlan): readonly Blow[] {
  const strike = ENDED_BY[kind]
  if (!strike) return []
  const { run, turns } = conversations[0]!
  const point = chance.pick<Point>(['attempt-begun', 'answer-received', 'tool-begun'])
  return [{ strike, at: { run, point, step: chance.whole(1, turns.length) } }]
}
