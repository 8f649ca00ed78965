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
const END_POINTS: readonly Point[] = ['run-closing', 'run-closed']

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
    const { conversations } = struck[index % struck.length]!
    return { strike, at: drawMark(chance, chance.pick(conversations)) }
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

function drawMark(chance: Chance, conversation: Conversation): Mark {
  const { run, firstStep } = conversation
  const asks = asksOf(conversation)
  if (chance.holds(0.1)) return { run, point: chance.pick(END_POINTS), step: 0 }
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
