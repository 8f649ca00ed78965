/**
 * What a call does whose worst case the budget does not admit, with however little output, in this order: another endpoint; waiting for
 * what is in flight; a cheaper class, where its own names one. It is refused last.
 *
 * @module
 */
import type { ShortScope } from '../../../src/core/ports.ts'
import type { CallModelResult } from '../../../src/core/protocol.ts'
import { inFlightReason, shortMessage, turnedAwayWords } from '../money/short-words.ts'
import { spentOn } from '../money/spent.ts'
import type { Short } from '../walk/in-line.ts'
import { putOff } from '../walk/pause.ts'
import { beginAgain, holdBack, leaveOut } from '../walk/steps.ts'
import type { Next, Walk } from '../walk/walk.ts'
import { joinLine, leaveLine, noteWait } from './line.ts'
import { stepDown } from './step-down.ts'

/** How long a call that has lost its patience leaves its worker before it looks again. */
const LOOK_AGAIN_MS = 1_000

/** Where a batch holds the room, that may be for a day: whoever has waited long looks seldom. After an hour that is every three minutes. */
const WAITED_SHARE = 1 / 20
const LONGEST_LOOK_AGAIN_MS = 600_000

const BEGIN: Next = { event: { kind: 'begin' } }

/**
 * Takes the endpoint off the candidates until there is more room in the budget. Of several such endpoints the most promising one
 * is kept in `walk.short`.
 */
export function turnAway(walk: Walk, turnedAway: Short): Next {
  const short = named(walk, turnedAway)
  const { endpoint } = short
  holdBack(walk, endpoint, { by: turnedAwayWords(short.of, short.asked) })
  leaveOut(walk, endpoint, !walk.short || isSooner(walk, short, walk.short) ? short : walk.short)
  return BEGIN
}

/**
 * If several budgets are short at an endpoint, names one for which people are asked, because otherwise the call ends. `also` are those for
 * which nobody is asked, so that nobody raises the first in vain.
 */
function named(walk: Walk, short: Short): Short {
  const { several } = short.of
  if (!several) return short
  const isAsked = (scope: ShortScope) => isAskedFor(walk, scope)
  const first = several.find(isAsked) ?? several[0]!
  const also = several.filter(scope => scope !== first && !isAsked(scope))
  return { ...short, of: { kind: 'short', inFlight: false, ...first }, also }
}

/** Whether people are asked for a larger budget where this one is short: those of the run, or of one above it. */
function isAskedFor({ prepared }: Walk, { scopeId }: ShortScope): boolean {
  const { asks, key } = prepared.call.run
  return (asks === true && scopeId === key) || (prepared.input.asksAbove ?? []).includes(scopeId)
}

/**
 * An endpoint where waiting may help goes before others; then one for which people are asked; then one where no other budget is short;
 * then the one that the smallest raise would admit.
 */
function isSooner(walk: Walk, short: Short, than: Short): boolean {
  if (short.of.inFlight || than.of.inFlight) return !than.of.inFlight
  const isAsked = ({ of }: Short) => isAskedFor(walk, of)
  if (isAsked(short) !== isAsked(than)) return isAsked(short)
  const isAlone = ({ also = [] }: Short) => also.length === 0
  if (isAlone(short) !== isAlone(than)) return isAlone(short)
  const pico = lacksPico(short) - lacksPico(than)
  return pico === 0n ? lacksTokens(short) < lacksTokens(than) : pico < 0n
}

function lacksPico({ of: { headroomPico }, asked: { pico } }: Short): bigint {
  if (headroomPico === undefined || pico === undefined) return 0n
  const lacking = BigInt(pico) - BigInt(headroomPico)
  return lacking > 0n ? lacking : 0n
}

function lacksTokens({ of: { headroomTokens }, asked: { tokens } }: Short): number {
  return headroomTokens === undefined ? 0 : Math.max(0, tokens - headroomTokens)
}

/** No endpoint is left that fits. */
export async function overBudget(walk: Walk, short: Short): Promise<Next> {
  const { inFlight } = short.of
  if (inFlight && walk.state.waitedMs < walk.prepared.taskClass.patienceMs) {
    joinLine(walk, short)
    beginAgain(walk)
    return BEGIN
  }
  if (await stepDown(walk, short)) {
    await leaveLine(walk)
    beginAgain(walk)
    return BEGIN
  }
  if (inFlight) return { result: await putOffForRoom(walk, short) }
  walk.inLine.place?.dissolve()
  await leaveLine(walk)
  return { result: refuse(walk, short) }
}

/** Puts the call off. People still see that it waits for room in the budget. */
async function putOffForRoom(walk: Walk, short: Short): Promise<CallModelResult> {
  const nowMs = walk.ports.now()
  const { sinceMs = nowMs } = walk.inLine
  const waitedShareMs = Math.min(LONGEST_LOOK_AGAIN_MS, Math.round((nowMs - sinceMs) * WAITED_SHARE))
  const ms = Math.max(LOOK_AGAIN_MS, waitedShareMs)
  await noteWait(walk, short, nowMs + ms)
  walk.inLine.place?.leave()
  return putOff(walk, ms, inFlightReason(short.of))
}

function refuse(walk: Walk, short: Short): CallModelResult {
  const message = shortMessage({ ...short, promptTokens: walk.plan.promptTokens }, isAskedFor(walk, short.of))
  return { kind: 'over-budget', message, scopeId: short.of.scopeId, ...spentOn(walk.ended) }
}
