/**
 * Calls of this worker that wait for room in a budget, in the order in which they began to wait.
 *
 * @module
 */
import type { LinePort, Place } from '../../core/ports.ts'
import { wokenWithin } from './woken-within.ts'

/**
 * Nobody here hears when a call of another worker gives something back, so the first in line looks by itself: first after about this
 * time, and then each time after half as much again.
 */
const FIRST_LOOK_MS = 50

/** Calls take seconds: looking more seldom would leave room unused for longer than it costs to look. */
const LONGEST_LOOK_MS = 500

interface Waiting {
  readonly sinceMs: number
  lookMs: number
  /** Something was given back since it last had its turn. */
  called: boolean
  /** It has its next turn though it is not the first. */
  released: boolean
  wake: (() => void) | undefined
}

/**
 * Lines by scope. Only the first of a line has turns: when something is given back in its scope, when it becomes the first, and
 * now and then. So one call at a time asks the store, however many wait, and a small one does not pass by a large one.
 *
 * @param chance - In [0, 1), so that the first of several workers do not look at the same moment.
 */
export function createLine(chance: () => number): LinePort {
  const lines = new Map<string, Waiting[]>()
  return {
    get isEmpty() {
      return lines.size === 0
    },
    scopeWaitedFor: scopeIds => scopeIds.find(scopeId => lines.has(scopeId)),
    join(scopeId, sinceMs) {
      const waiting: Waiting = { sinceMs, lookMs: FIRST_LOOK_MS, called: true, released: false, wake: undefined }
      enter(lines, scopeId, waiting)
      return placeOf(lines, scopeId, waiting, chance)
    },
    freed(scopeIds) {
      if (lines.size === 0) return
      for (const scopeId of scopeIds) call(lines.get(scopeId)?.[0])
    },
  }
}

function placeOf(lines: Map<string, Waiting[]>, scopeId: string, waiting: Waiting, chance: () => number): Place {
  const line = () => lines.get(scopeId) ?? []
  return {
    scopeId,
    get length() {
      return line().length
    },
    async turn(atMostMs, signal) {
      const untilMs = performance.now() + atMostMs
      for (;;) {
        const isFirst = line()[0] === waiting
        if ((isFirst && waiting.called) || waiting.released) break
        const leftMs = untilMs - performance.now()
        if (leftMs <= 0 || signal.aborted) return false
        const looksMs = isFirst ? waiting.lookMs * (0.75 + chance() / 2) : Number.POSITIVE_INFINITY
        const isWoken = await calledWithin(waiting, Math.min(looksMs, leftMs), signal)
        if (isWoken || looksMs > leftMs) continue
        waiting.lookMs = Math.min(waiting.lookMs * 1.5, LONGEST_LOOK_MS)
        break
      }
      waiting.called = false
      waiting.released = false
      return !signal.aborted
    },
    leave: () => leave(lines, scopeId, waiting),
    dissolve() {
      const behind = line().filter(other => other !== waiting)
      leave(lines, scopeId, waiting)
      for (const other of behind) {
        other.released = true
        other.wake?.()
      }
    },
  }
}

function enter(lines: Map<string, Waiting[]>, scopeId: string, waiting: Waiting): void {
  const line = lines.get(scopeId) ?? []
  const behind = line.findIndex(({ sinceMs }) => sinceMs > waiting.sinceMs)
  line.splice(behind === -1 ? line.length : behind, 0, waiting)
  lines.set(scopeId, line)
}

function leave(lines: Map<string, Waiting[]>, scopeId: string, waiting: Waiting): void {
  const line = lines.get(scopeId)
  const at = line?.indexOf(waiting) ?? -1
  if (!line || at === -1) return
  line.splice(at, 1)
  if (line.length === 0) lines.delete(scopeId)
  else if (at === 0) call(line[0])
}

function call(first: Waiting | undefined): void {
  if (!first) return
  first.called = true
  first.lookMs = FIRST_LOOK_MS
  first.wake?.()
}

/** Whether somebody called before the time was over. */
function calledWithin(waiting: Waiting, ms: number, signal: AbortSignal): Promise<boolean> {
  return wokenWithin(ms, signal, wake => {
    waiting.wake = () => wake(true)
    return () => {
      waiting.wake = undefined
    }
  })
}
