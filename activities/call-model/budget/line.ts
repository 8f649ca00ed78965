/**
 * How a call stands in line for money or tokens that calls in flight hold.
 *
 * @module
 */
import { isTold, waitUnlessTold } from '../../told-to-end.ts'
import { inFlightReason } from '../money/budget.ts'
import { scopesOf } from '../money/shared-budgets.ts'
import { tellPeople, WORTH_TELLING_MS } from '../walk/pause.ts'
import type { Short } from '../walk/waiting.ts'
import { begun, interruptWait, type Walk } from '../walk/walk.ts'

/** Shorter waits are not written to the store: nobody would see them, and each takes two writes. */
const WORTH_SHOWING_MS = 500

/** When something is to be written of a wait. */
const WRITTEN_AFTER_MS = [WORTH_SHOWING_MS, WORTH_TELLING_MS] as const

/** Puts the call in line for the scope that is short. It gives up its place in the line of any other scope. */
export function joinLine(walk: Walk, short: Short): void {
  const { scopeId } = short.of
  walk.waiting.short = short
  walk.waiting.hasTurn = false
  if (walk.waiting.place?.scopeId === scopeId) return
  walk.waiting.place?.leave()
  enter(walk, scopeId)
}

function enter(walk: Walk, scopeId: string): void {
  walk.waiting.sinceMs ??= walk.soFar?.waitingSinceMs ?? walk.ports.now()
  walk.waiting.place = walk.ports.line.join(scopeId, walk.waiting.sinceMs)
}

/** Called before an endpoint is asked: a call that comes while others wait for the same budget stands in line behind them. */
export async function waitForTurn(walk: Walk): Promise<void> {
  const { ports, prepared } = walk
  if (walk.waiting.hasTurn || (!walk.waiting.place && ports.line.isEmpty)) return
  const scopeId = walk.waiting.place ? undefined : ports.line.scopeWaitedFor(scopesOf(ports, prepared))
  if (scopeId !== undefined) enter(walk, scopeId)
  if (!walk.waiting.place) return
  await standInLine(walk)
  walk.waiting.hasTurn = true
}

/** Waits until it is this call's turn, or its class's patience is over. */
async function standInLine(walk: Walk): Promise<void> {
  const { ports, prepared, activity } = walk
  for (let turn = false; !turn; ) {
    const beganAtMs = ports.now()
    const leftMs = prepared.taskClass.patienceMs - walk.state.waitedMs
    const soFarMs = beganAtMs - walk.waiting.sinceMs!
    if (walk.waiting.short) await showWait(walk, walk.waiting.short, { soFarMs, leftMs })
    const writtenInMs = WRITTEN_AFTER_MS.flatMap(ms => (ms > soFarMs ? [ms - soFarMs] : []))
    const atMostMs = Math.min(leftMs, ...writtenInMs)
    turn = await waitUnlessTold(activity, ports, signal => walk.waiting.place!.turn(atMostMs, signal))
    const waitedMs = walk.state.waitedMs + Math.max(1, ports.now() - beganAtMs)
    walk.state = { ...walk.state, waitedMs }
    if (isTold(activity, ports)) {
      walk.waiting.place?.leave()
      await interruptWait(walk)
    }
    if (waitedMs >= prepared.taskClass.patienceMs) return
  }
}

interface WaitTimes {
  readonly soFarMs: number
  /** The longest that it goes on. */
  readonly leftMs: number
}

async function showWait(walk: Walk, short: Short, { soFarMs, leftMs }: WaitTimes): Promise<void> {
  if (soFarMs >= WORTH_SHOWING_MS) await noteWait(walk, short)
  if (soFarMs < WORTH_TELLING_MS || walk.waiting.isTold) return
  const reason = inFlightReason(short.of)
  await tellPeople(walk, leftMs, reason)
  walk.say(`waiting: ${reason}`)
  walk.waiting.isTold = true
}

/**
 * Writes down that the call waits, for people to see: once, and again when it is put off.
 *
 * @param dueAtMs - Given when it is put off: when it asks again.
 */
export async function noteWait(walk: Walk, { of, asked, endpoint }: Short, dueAtMs?: number): Promise<void> {
  if (walk.waiting.isWritten && dueAtMs === undefined) return
  await begun(walk)
  const { callId, run, step, taskClass } = walk.prepared.call
  const sinceMs = walk.waiting.sinceMs ?? walk.ports.now()
  const reason = inFlightReason(of)
  const what = { scopeId: of.scopeId, callId, run, step, taskClass, endpoint, reason, needed: asked, sinceMs }
  await walk.ports.budgets.beginWait({ ...what, ...(dueAtMs !== undefined && { dueAtMs }) })
  walk.waiting.isWritten = true
}

/** Leaves the line: the call has what it needs, or will not get it. */
export async function leaveLine(walk: Walk): Promise<void> {
  walk.waiting.place?.leave()
  walk.waiting.place = undefined
  walk.waiting.hasTurn = false
  if (walk.waiting.isTold) walk.say(undefined)
  walk.waiting.isTold = false
  if (!walk.waiting.isWritten) return
  walk.waiting.isWritten = false
  await walk.ports.budgets.endWait(walk.prepared.call.callId)
}
