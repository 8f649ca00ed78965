/**
 * The vendors and classes that the cases are called with.
 *
 * @module
 */
import { standByOf, type WallProtocol } from './protocols.ts'
import { MODES, type Mode } from './questions.ts'
import type { StageVendor } from './stage.ts'

export const FAULTY = 'faulty'
export const OTHER = 'other'
const CHEAP = 'cheap'

/** Short, so that what a call sits out itself is little, and the rest goes to the durable timer. */
const PATIENCE = '400ms'

const PAIR = `models: [wall/${FAULTY}, wall/${OTHER}], reasoning: low, patience: ${PATIENCE}`

export const CLASSES = [
  `  plain: { ${PAIR} }`,
  `  limited: { ${PAIR}, maxOutputTokens: 4000 }`,
  `  rerouting: { ${PAIR}, onRefusal: reroute }`,
  `  escalating: { models: [wall/${FAULTY}], reasoning: low, patience: ${PATIENCE}, escalateTo: higher }`,
  `  escalating_cheaply: { models: [wall/${FAULTY}], reasoning: low, patience: ${PATIENCE}, escalateTo: cheap }`,
  `  higher: { models: [wall/${OTHER}], reasoning: low, patience: ${PATIENCE} }`,
  `  cheap: { models: [wall/${CHEAP}], reasoning: low, patience: ${PATIENCE} }`,
  `  alone: { models: [wall/${FAULTY}], reasoning: low, patience: ${PATIENCE}, outlast: 0 }`,
  '',
].join('\n')

/** Vendors differ in what they bill for an answer that was cut: each mode meets another kind. */
const BILLS = ['nothing', 'until-disconnect', 'whole'] as const

/** Each kind of answer goes out in a handful of pieces, over about a tenth of a second. */
const TOKENS_PER_SECOND = { text: 2_000, tools: 800, structured: 800 } as const

export function vendorsOf(protocol: WallProtocol, mode: Mode): readonly StageVendor[] {
  const ways = { billsAborted: BILLS[MODES.indexOf(mode)]!, tokensPerSecond: TOKENS_PER_SECOND[mode] }
  return [
    { name: FAULTY, protocol, contextWindow: 200_000, ...ways },
    // So much dearer that giving an answer back costs less than asking for another one there.
    { name: OTHER, protocol: standByOf(protocol), contextWindow: 400_000, ...ways, dearer: 4 },
    { name: CHEAP, protocol: standByOf(standByOf(protocol)), contextWindow: 400_000, ...ways },
  ]
}
