/**
 * Runs the cases, a stage for each protocol and mode, some of them side by side.
 *
 * @module
 */
import { report } from '../bench/progress.ts'
import { groupBy } from '../src/core/group-by.ts'
import { createChance } from '../test/support/chance.ts'
import { callOnce } from './call.ts'
import { allCases, type WallCase } from './cases.ts'
import { MOVE_CLASSES, MOVES, type Move, moveVendors, runMove } from './moves.ts'
import { questionOf } from './questions.ts'
import type { CaseResult } from './result.ts'
import { runCase } from './run-case.ts'
import { setStage } from './stage.ts'
import { CLASSES, vendorsOf } from './vendors.ts'

export interface WallOptions {
  readonly only: readonly string[]
  readonly slice?: number
  readonly seed: number
}

/** Most of a case's time is waiting; with more stages than this an answer would be late on two cores. */
const STAGES_AT_ONCE = 4

export async function buildWall({ only, slice, seed }: WallOptions): Promise<readonly CaseResult[]> {
  const names = [...allCases().map(nameOf), ...MOVES.map(moveName)].filter(name => isChosen(name, only))
  const chosen = sliceOf(names, slice, seed)
  const cases = allCases().filter(one => chosen.has(nameOf(one)))
  const moves = MOVES.filter(move => chosen.has(moveName(move)))
  const light = cases.filter(({ fault }) => !fault.heavy)
  const heavy = cases.filter(({ fault }) => fault.heavy)
  const results = [
    ...(await runAll(light, STAGES_AT_ONCE, seed)),
    ...(await runAll(heavy, 1, seed)),
    ...(await runMoves(moves, seed)),
  ]
  const place = new Map(names.map((name, index) => [name, index]))
  const placeOf = ({ protocol, mode, fault }: CaseResult) => place.get(`${protocol}/${mode}/${fault}`) ?? 0
  return results.toSorted((a, b) => placeOf(a) - placeOf(b))
}

function nameOf({ protocol, mode, fault }: WallCase): string {
  return `${protocol}/${mode}/${fault.name}`
}

function moveName({ from, to }: Move): string {
  return `${from}/move/move to ${to}`
}

async function runMoves(moves: readonly Move[], seed: number): Promise<readonly CaseResult[]> {
  if (moves.length === 0) return []
  const stage = await setStage(moveVendors(), MOVE_CLASSES, seed)
  try {
    const results: CaseResult[] = []
    for (const move of moves) results.push(await runMove(stage, move))
    report(`moves: ${told(results)}`)
    return results
  } finally {
    await stage.close()
  }
}

function told(results: readonly CaseResult[]): string {
  const failed = results.filter(({ pass }) => !pass).length
  return `${results.length} cases${failed > 0 ? `, ${failed} FAILED` : ''}`
}

/** A stage for each protocol and mode, so many at once. */
async function runAll(cases: readonly WallCase[], atOnce: number, seed: number): Promise<readonly CaseResult[]> {
  const waiting = [...groupBy(cases, ({ protocol, mode }) => `${protocol}, ${mode}`)]
  const results: CaseResult[] = []
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, stageCases] = next
      const done = await runStage(stageCases, seed)
      report(`${name}: ${told(done)}`)
      results.push(...done)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}

async function runStage(cases: readonly WallCase[], seed: number): Promise<readonly CaseResult[]> {
  const { protocol, mode } = cases[0]!
  const stage = await setStage(vendorsOf(protocol, mode), CLASSES, seed)
  try {
    // Packages load with the first call of a process, and connections open with the first of a stage.
    await callOnce(stage, { name: 'warm-up', taskClass: 'plain', question: questionOf(mode) })
    const results: CaseResult[] = []
    for (const one of cases) {
      stage.clock.reset()
      results.push(await runCase(stage, one))
    }
    return results
  } finally {
    await stage.close()
  }
}

function isChosen(name: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some(part => name.includes(part))
}

function sliceOf(names: readonly string[], slice: number | undefined, seed: number): ReadonlySet<string> {
  if (slice === undefined) return new Set(names)
  const chance = createChance(seed)
  const drawn = names.map(name => ({ name, draw: chance() })).toSorted((a, b) => a.draw - b.draw)
  return new Set(drawn.slice(0, slice).map(({ name }) => name))
}
