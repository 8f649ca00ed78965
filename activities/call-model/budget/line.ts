/**
 * How a call stands in line for money or tokens that calls in flight hold.
 *
 * @module
 */
import type { Place } from '../../../src/core/ports.ts'
import { isTold, waitUnlessTold } from '../../told-to-end.ts'
import { scopesOf } from '../money/shared-budgets.ts'
import { inFlightReason } from '../money/short-words.ts'
import type { Short } from '../walk/in-line.ts'
import { tellPeople, WORTH_TELLING_MS } from '../walk/pause.ts'
import { begun, interruptWait } from '../walk/records.ts'
import { addWait, moveInLine } from '../walk/steps.ts'
import type { Walk } from '../walk/walk.ts'

/** Shorter waits are not written to the store: nobody would see them, and each takes two writes. */
const WORTH_SHOWING_MS = 500

/** When something is to be written of a wait. */
const WRITTEN_AFTER_MS = [WORTH_SHOWING_MS, WORTH_TELLING_MS] as const

/** Puts the call in line for the scope that is short. It gives up its place in the line of any other scope. */
export function joinLine(walk: Walk, short: Short): void {
  const { scopeId } = short.of
  const { place } = walk.inLine
  moveInLine(walk, { short, hasTurn: false })
  if (place?.scopeId === scopeId) return
  place?.leave()
  enter(walk, scopeId)
}

function enter(walk: Walk, scopeId: string): void {
  const { ports, soFar, inLine } = walk
  const sinceMs = inLine.sinceMs ?? soFar?.waitingSinceMs ?? ports.now()
  moveInLine(walk, { sinceMs, place: ports.line.join(scopeId, sinceMs) })
}

/** Called before an endpoint is asked: a call that comes while others wait for the same budget stands in line behind them. */
export async function waitForTurn(walk: Walk): Promise<void> {
  const { ports, prepared, inLine } = walk
  if (inLine.hasTurn || (!inLine.place && ports.line.isEmpty)) return
  const scopeId = inLine.place ? undefined : ports.line.scopeWaitedFor(scopesOf(ports, prepared))
  if (scopeId !== undefined) enter(walk, scopeId)
  const { place } = walk.inLine
  if (!place) return
  await standInLine(walk, place)
  moveInLine(walk, { hasTurn: true })
}

/** Waits until it is this call's turn, or its class's patience is over. */
async function standInLine(walk: Walk, place: Place): Promise<void> {
  const { ports, prepared, activity } = walk
  for (let turn = false; !turn; ) {
    const beganAtMs = ports.now()
    const leftMs = prepared.taskClass.patienceMs - walk.state.waitedMs
    const { short, sinceMs = beganAtMs } = walk.inLine
    const soFarMs = beganAtMs - sinceMs
    if (short) await showWait(walk, short, { soFarMs, leftMs })
    const writtenInMs = WRITTEN_AFTER_MS.flatMap(ms => (ms > soFarMs ? [ms - soFarMs] : []))
    const atMostMs = Math.min(leftMs, ...writtenInMs)
    turn = await waitUnlessTold(activity, ports, signal => place.turn(atMostMs, signal))
    addWait(walk, Math.max(1, ports.now() - beganAtMs))
    if (isTold(activity, ports)) {
      place.leave()
      await interruptWait(walk)
    }
    if (walk.state.waitedMs >= prepared.taskClass.patienceMs) return
  }
}

interface WaitTimes {
  readonly soFarMs: number
  /** The longest that it goes on. */
  readonly leftMs: number
}

async function showWait(walk: Walk, short: Short, { soFarMs, leftMs }: WaitTimes): Promise<void> {
  if (soFarMs >= WORTH_SHOWING_MS) await noteWait(walk, short)
  if (soFarMs < WORTH_TELLING_MS || walk.inLine.isTold) return
  const reason = inFlightReason(short.of)
  await tellPeople(walk, leftMs, reason)
  walk.say(`waiting: ${reason}`)
  moveInLine(walk, { isTold: true })
}

/**
 * Writes down that the call waits, for people to see: once, and again when it is put off.
 *
 * @param dueAtMs - Given when it is put off: when it asks again.
 */
export async function noteWait(walk: Walk, { of, asked, endpoint }: Short, dueAtMs?: number): Promise<void> {
  if (walk.inLine.isWritten && dueAtMs === undefined) return
  await begun(walk)
  const { callId, run, step, taskClass } = walk.prepared.call
  const sinceMs = walk.inLine.sinceMs ?? walk.ports.now()
  const reason = inFlightReason(of)
  const what = { scopeId: of.scopeId, callId, run, step, taskClass, endpoint, reason, needed: asked, sinceMs }
  await walk.ports.budgets.beginWait({ ...what, ...(dueAtMs !== undefined && { dueAtMs }) })
  moveInLine(walk, { isWritten: true })
}

/**
 * Leaves the line: the call has what it needs, or will not get it.
 *
 * @param isWritten - Whether the store may say that it waits. @defaultValue as far as this activity knows
 */
export async function leaveLine(walk: Walk, isWritten = walk.inLine.isWritten): Promise<void> {
  stepOutOfLine(walk)
  if (isWritten) await walk.ports.budgets.endWait(walk.prepared.call.callId)
}

/** The same for a call of which the store says no more that it waits. */
export function stepOutOfLine(walk: Walk): void {
  const { place, hasTurn, isTold, isWritten } = walk.inLine
  place?.leave()
  if (isTold) walk.say(undefined)
  if (place || hasTurn || isTold || isWritten)
    moveInLine(walk, { place: undefined, hasTurn: false, isTold: false, isWritten: false })
}
