/**
 * When a vendor is down. The windows of the rules of kind `down` turn into two actions on a clock.
 *
 * @module
 */
import type { FaultRule } from './fault-rule.ts'

export interface OutageActions {
  goDown(): Promise<void>
  comeBack(): Promise<void>
}

export interface Outages {
  /** Replaces the windows. Resolves when the state is what the rules say for this moment. */
  set(rules: readonly FaultRule[]): Promise<void>
  end(): void
}

export function createOutages({ goDown, comeBack }: OutageActions): Outages {
  let timer: NodeJS.Timeout | undefined
  let isDown = false
  // Transitions take their turn: a port cannot be listened to before it is given up.
  let last: Promise<void> = Promise.resolve()
  const turn = (down: boolean) => {
    last = last.then(async () => {
      if (down === isDown) return
      isDown = down
      await (down ? goDown() : comeBack())
    })
    return last
  }
  const follow = (windows: readonly Window[], setAtMs: number): Promise<void> => {
    const elapsedMs = performance.now() - setAtMs
    const edge = nextEdgeMs(windows, elapsedMs)
    if (edge !== undefined) timer = setTimeout(() => void follow(windows, setAtMs), edge - elapsedMs + 1).unref()
    return turn(windows.some(window => window.fromMs <= elapsedMs && elapsedMs < window.untilMs))
  }
  return {
    set(rules) {
      clearTimeout(timer)
      return follow(windowsOf(rules), performance.now())
    },
    end: () => clearTimeout(timer),
  }
}

interface Window {
  readonly fromMs: number
  readonly untilMs: number
}

function windowsOf(rules: readonly FaultRule[]): Window[] {
  return rules
    .filter(rule => rule.kind === 'down')
    .map(rule => ({ fromMs: rule.fromMs ?? 0, untilMs: rule.untilMs ?? Number.POSITIVE_INFINITY }))
}

function nextEdgeMs(windows: readonly Window[], elapsedMs: number): number | undefined {
  const edges = windows.flatMap(window => [window.fromMs, window.untilMs])
  const ahead = edges.filter(edge => edge > elapsedMs && Number.isFinite(edge))
  return ahead.length > 0 ? Math.min(...ahead) : undefined
}
