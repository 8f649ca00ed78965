/**
 * The wall for people.
 *
 * @module
 */
import { groupBy } from '../src/core/group-by.ts'
import type { CaseResult } from './result.ts'
import { SCALE_WORDS } from './scale.ts'

/** One line for a fault over all its protocols and modes, then what failed, case by case. */
export function renderWall(cases: readonly CaseResult[]): string {
  const byFault = [...groupBy(cases, ({ fault }) => fault)]
  const width = Math.max(...byFault.map(([fault]) => fault.length))
  const failed = cases.filter(({ pass }) => !pass)
  return [
    '',
    `  ${'fault'.padEnd(width)}  passed  attempts   slowest  outcome`,
    ...byFault.map(([fault, rows]) => faultLine(fault.padEnd(width), rows)),
    '',
    ...failed.flatMap(failureLines),
    `${cases.length - failed.length} passed, ${failed.length} failed`,
    SCALE_WORDS,
  ].join('\n')
}

/** What is wrong with a case, a line each. */
export function failureLines({ protocol, mode, fault, problems = [] }: CaseResult): readonly string[] {
  return problems.map(problem => `FAILED ${protocol}/${mode}/${fault}: ${problem}`)
}

function faultLine(fault: string, rows: readonly CaseResult[]): string {
  const passed = rows.filter(({ pass }) => pass).length
  const attempts = rows.map(row => row.attemptsOnFaulty)
  const [least, most] = [Math.min(...attempts), Math.max(...attempts)]
  const outcomes = [...new Set(rows.map(row => row.outcome))]
  return [
    ` ${passed === rows.length ? ' ' : '!'}${fault}`,
    `${passed}/${rows.length}`.padStart(6),
    (least === most ? String(most) : `${least}–${most}`).padStart(8),
    `${Math.max(...rows.map(({ ms }) => ms))} ms`.padStart(8),
    outcomes.join(' / '),
  ].join('  ')
}
