/**
 * The runs of a campaign: a mix of everything that the product has for runs.
 *
 * @module
 */
import type { Terms } from '../../../../src/core/protocol.ts'
import type { Chance } from '../random.ts'
import { type Conversation, closingOf, drawConversation, helperTag, openingOf } from './conversations.ts'
import type { RunPlan, Verdict } from './plan.ts'

/** How often each kind comes in 25 runs. */
const DECK = [
  ...Array<Kind>(2).fill('chain'),
  ...Array<Kind>(2).fill('desk'),
  ...Array<Kind>(2).fill('asker'),
  ...Array<Kind>(2).fill('guarded'),
  ...Array<Kind>(2).fill('walker'),
  ...Array<Kind>(2).fill('crew'),
  ...Array<Kind>(2).fill('sealed'),
  'family',
  'sliced',
  'shortened',
  'timed',
  'fork',
  'frugal',
  'stopped',
  'cancelled',
  'terminated',
  'reset',
  'refused',
] as const satisfies readonly Kind[]

type Kind = keyof typeof DRAW

export const SYSTEM = {
  chainer: 'You work through lists.',
  walker: 'You walk.',
  helper: 'You help.',
  digger: 'You dig through lists.',
} as const

/** Each class asks the vendors in another order; `steady`, which never fails, is last in all of them. */
export const CLASSES = ['alpha-first', 'beta-first', 'gamma-first', 'delta-first', 'ruled'] as const

/** These ask in batches. */
export const NIGHTLY = ['beta-nightly', 'gamma-nightly', 'delta-nightly'] as const

const NIGHTLY_SHARE = 0.3

interface Place {
  readonly chance: Chance
  readonly id: string
  readonly tag: string
  readonly terms: Terms
}

type Drawn = Omit<RunPlan, 'id' | 'kind' | 'input'>

export function planRuns(chance: Chance, count: number): readonly RunPlan[] {
  const runs: RunPlan[] = []
  let deck: readonly Kind[] = []
  for (let number = 1; number <= count; number += 1) {
    if (deck.length === 0) deck = chance.shuffled(DECK)
    const [kind, ...rest] = deck
    deck = rest
    runs.push(drawRun(chance, kind!, number))
  }
  return runs.map(run => (run.kind === 'fork' ? forkOf(chance, run, runs) : run))
}

/** Of a chain of the campaign, which says the same again from there; where there is none it is a chain itself. */
function forkOf(chance: Chance, run: RunPlan, runs: readonly RunPlan[]): RunPlan {
  const chains = runs.filter(({ kind }) => kind === 'chain')
  if (chains.length === 0) return run
  const from = chance.pick(chains)
  const [told] = from.conversations
  const atStep = chance.whole(1, told!.turns.length + 1)
  const conversations = [{ ...told!, run: run.id, forkedAt: atStep }]
  return { ...run, input: from.input, conversations, fork: { run: from.id, atStep } }
}

function drawRun(chance: Chance, kind: Kind, number: number): RunPlan {
  const tag = `R${String(number).padStart(4, '0')}`
  const id = `${tag}-${kind}`
  const taskClass = chance.pick<string>(chance.holds(NIGHTLY_SHARE) ? NIGHTLY : CLASSES)
  const terms = { taskClass, labels: { kind } }
  return { id, kind, input: openingOf(tag), ...DRAW[kind]({ chance, id, tag, terms }) }
}

const DRAW = {
  chain: place => answering(place, 'chainer', [chainOf(place)]),
  guarded: drawGuarded,
  walker: drawWalker,
  desk: drawDesk,
  family: drawFamily,
  sealed: drawSealed,
  sliced: drawSliced,
  shortened: drawShortened,
  timed: drawTimed,
  fork: place => answering(place, 'chainer', [chainOf(place)]),
  asker: drawAsker,
  frugal: place => spending(place, { budget: frugalBudget(place.chance) }),
  crew: place => spending(place, { workspace: 'crew' }),
  stopped: place => ({ ...answering(place, 'chainer', [chainOf(place)]), ends: ['stopped'] }),
  cancelled: place => ({ ...answering(place, 'chainer', [chainOf(place)]), ends: ['cancelled'] }),
  terminated: place => ({ ...answering(place, 'chainer', [chainOf(place)]), ends: ['failed'] }),
  reset: place => answering(place, 'chainer', [chainOf(place)]),
  refused: place => ({ ...answering(place, 'chainer', [chainOf(place)]), ends: ['refused'] }),
} as const satisfies Record<string, (place: Place) => Drawn>

function answering({ terms }: Place, name: string, conversations: readonly Conversation[]): Drawn {
  return { name, terms, conversations, verdicts: {}, ends: ['answered'] }
}

/** Money or tokens may bite anywhere: a lost attempt counts as its worst case. */
function spending(place: Place, terms: Terms): Drawn {
  const drawn = answering(place, 'chainer', [chainOf(place)])
  return { ...drawn, terms: { ...place.terms, ...terms }, ends: ['answered', 'out-of-budget'] }
}

function frugalBudget(chance: Chance): NonNullable<Terms['budget']> {
  return chance.holds(0.6)
    ? { usd: (chance.whole(10, 60) / 10_000).toFixed(4) }
    : { tokens: chance.whole(3_000, 9_000) }
}

/** About half of what its runs would spend. */
export function crewBudgetUsd(runs: readonly RunPlan[]): string {
  return (0.003 + 0.0008 * runs.filter(({ kind }) => kind === 'crew').length).toFixed(4)
}

function chainOf({ chance, id, tag }: Place): Conversation {
  return drawConversation(chance, { tag, run: id, system: SYSTEM.chainer, turns: chance.whole(2, 5) })
}

function drawGuarded(place: Place): Drawn {
  const { chance, id, tag } = place
  const turns = chance.whole(2, 4)
  const guardedAt = chance.whole(1, turns)
  const say = chance.holds(0.5) ? `A word about ${tag}.` : undefined
  const verdict = { decision: chance.holds(0.7) ? 'approve' : 'deny', ...(say && { say }) } as const
  const said = say ? { [guardedAt]: say } : {}
  const drawing = { tag, run: id, system: SYSTEM.chainer, turns, guarded: [guardedAt], said }
  const drawn = answering(place, 'chainer', [drawConversation(chance, drawing)])
  return { ...drawn, verdicts: { [`${guardedAt}.1`]: verdict } }
}

/** Continues as new every second step, some with an approval on the way. */
function drawWalker(place: Place): Drawn {
  const { chance, id, tag } = place
  const turns = chance.whole(4, 7)
  const guarded = chance.holds(0.4) ? [chance.whole(2, turns)] : []
  const conversation = drawConversation(chance, { tag, run: id, system: SYSTEM.walker, turns, guarded })
  const verdicts: Record<string, Verdict> = {}
  for (const turn of guarded) verdicts[`${turn}.1`] = { decision: 'approve' }
  return { ...answering(place, 'walker', [conversation]), verdicts }
}

/** Three calls side by side, then one: each a conversation of its own. */
function drawDesk(place: Place): Drawn {
  const { id, tag } = place
  const said = {}
  const piece = (step: number): Conversation => {
    const own = `${tag}p${step}`
    const shaped = step === 3 ? {} : { text: closingOf(own) }
    return { tag: own, run: id, firstStep: step, user: openingOf(own), turns: [], said, ...shaped }
  }
  return answering(place, 'desk', [1, 2, 3, 4].map(piece))
}

/** Two agents as children, side by side, and a call of its own after them. */
function drawFamily(place: Place): Drawn {
  const { chance, id, tag } = place
  const child = (number: number) => {
    const run = `${id}/chainer-0-${number}`
    return drawConversation(chance, { tag: `${tag}c${number}`, run, system: SYSTEM.chainer, turns: chance.whole(1, 3) })
  }
  const own = { tag: `${tag}p1`, run: id, firstStep: 1, user: openingOf(`${tag}p1`), text: closingOf(`${tag}p1`) }
  return answering(place, 'family', [{ ...own, turns: [], said: {} }, child(1), child(2)])
}

/** Under zero data retention, where nobody may keep a batch: an agent, or a workflow with children. */
function drawSealed(place: Place): Drawn {
  const { chance, terms } = place
  const drawn = chance.holds(0.5) ? drawFamily(place) : answering(place, 'chainer', [chainOf(place)])
  return { ...drawn, terms: { ...terms, taskClass: chance.pick(CLASSES), policy: { zdr: true } } }
}

/** Children with a slice each of a budget that is large enough for all. The workflow reads theirs from its labels. */
function drawSliced(place: Place): Drawn {
  const { chance } = place
  const slice = frugalBudget(chance)
  const labels = { ...place.terms.labels, slice: JSON.stringify(slice) }
  return { ...drawFamily(place), terms: { ...place.terms, labels, budget: { usd: '0.5000' } }, slice }
}

/** Its prompt reaches its ceiling again and again: old results are cleared from it, and what is old is summed up. */
function drawShortened({ chance, id, tag, terms }: Place): Drawn {
  const drawing = { tag, run: id, system: SYSTEM.digger, turns: chance.whole(8, 11), long: true } as const
  return answering({ chance, id, tag, terms }, 'digger', [drawConversation(chance, drawing)])
}

/** Approvals that nobody gives: their deadline decides. */
function drawTimed(place: Place): Drawn {
  const { chance, id, tag } = place
  const turns = chance.whole(2, 4)
  const guarded = [chance.whole(1, turns)]
  const guard = chance.pick(['permit', 'forbid'] as const)
  const conversation = drawConversation(chance, { tag, run: id, system: SYSTEM.chainer, turns, guarded, guard })
  const decision = guard === 'permit' ? 'approve' : 'deny'
  const verdict = { decision, byDeadline: true } as const
  return { ...answering(place, 'chainer', [conversation]), verdicts: { [`${guarded[0]}.1`]: verdict } }
}

/** An agent whose model asks another agent, as it asks tools. */
function drawAsker(place: Place): Drawn {
  const { chance, id, tag } = place
  const turns = chance.whole(2, 3)
  const helperAt = chance.whole(1, turns)
  const own = drawConversation(chance, { tag, run: id, system: SYSTEM.chainer, turns, helperAt })
  const run = `${id}/helper-${helperAt}-1`
  const asked = { tag: helperTag(tag), run, system: SYSTEM.helper, turns: chance.whole(1, 2) }
  return answering(place, 'asker', [own, drawConversation(chance, asked)])
}
