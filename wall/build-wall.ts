/**
 * Runs the cases, a stage for each protocol and mode, some of them side by side.
 *
 * @module
 */
import { callOnce } from './call.ts'
import { allCases, type WallCase } from './cases.ts'
import { createChance } from './chance.ts'
import { CLASSES, vendorsOf } from './classes.ts'
import { grouped } from './group.ts'
import { questionOf } from './questions.ts'
import type { CaseResult } from './result.ts'
import { runCase } from './run-case.ts'
import { setStage } from './stage.ts'

export interface WallOptions {
  readonly only: readonly string[]
  readonly slice?: number
  readonly seed: number
  readonly report: (line: string) => void
}

/** Most of a case's time is waiting; with more stages than this an answer would be late on two cores. */
const STAGES_AT_ONCE = 4

export async function buildWall({ only, slice, seed, report }: WallOptions): Promise<readonly CaseResult[]> {
  const chosen = sliceOf(
    allCases().filter(one => isChosen(one, only)),
    slice,
    seed,
  )
  const heavy = chosen.filter(({ fault }) => fault.heavy)
  const light = chosen.filter(({ fault }) => !fault.heavy)
  const results = [...(await runAll(light, STAGES_AT_ONCE, seed, report)), ...(await runAll(heavy, 1, seed, report))]
  const order = new Map(chosen.map(({ protocol, mode, fault }, index) => [`${protocol} ${mode} ${fault.name}`, index]))
  const placeOf = ({ protocol, mode, fault }: CaseResult) => order.get(`${protocol} ${mode} ${fault}`) ?? 0
  return results.toSorted((a, b) => placeOf(a) - placeOf(b))
}

/** A stage for each protocol and mode, so many at once. */
async function runAll(
  cases: readonly WallCase[],
  atOnce: number,
  seed: number,
  report: WallOptions['report'],
): Promise<readonly CaseResult[]> {
  const waiting = [...grouped(cases, ({ protocol, mode }) => `${protocol}, ${mode}`)]
  const results: CaseResult[] = []
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, stageCases] = next
      const done = await runStage(stageCases, seed)
      const failed = done.filter(({ pass }) => !pass).length
      report(`${name}: ${done.length} cases${failed > 0 ? `, ${failed} FAILED` : ''}`)
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
    await callOnce(stage, 'warm-up', 'plain', questionOf(mode))
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

function isChosen({ protocol, mode, fault }: WallCase, only: readonly string[]): boolean {
  return only.length === 0 || only.some(part => `${protocol}/${mode}/${fault.name}`.includes(part))
}

/** A sample in the order of the whole. */
function sliceOf(cases: readonly WallCase[], slice: number | undefined, seed: number): readonly WallCase[] {
  if (slice === undefined) return cases
  const chance = createChance(seed)
  const drawn = new Set(
    cases
      .map(one => ({ one, draw: chance() }))
      .toSorted((a, b) => a.draw - b.draw)
      .slice(0, slice)
      .map(({ one }) => one),
  )
  return cases.filter(one => drawn.has(one))
}
