/**
 * The figures of the cost simulation: their table and their bounds.
 *
 * @module
 */

export interface SetFigures {
  readonly name: string
  /** The endpoint that would have been the cheapest for all runs of the set, known afterwards. */
  readonly bestSingleUsd: number
  readonly measuredUsd: number
  readonly cheapestUsd: number
  readonly stickyUsd: number
  readonly balancedUsd: number
}

export const WAYS = ['bestSingleUsd', 'measuredUsd', 'cheapestUsd', 'stickyUsd', 'balancedUsd'] as const

const MEAN_OVER_BEST = 1.05
const WORST_OVER_BEST = 1.1

function totalOf(sets: readonly SetFigures[], way: (typeof WAYS)[number]): number {
  return sets.reduce((sum, set) => sum + set[way], 0)
}

export function missedBounds(sets: readonly SetFigures[]): readonly string[] {
  const ratios = sets.map(set => set.measuredUsd / set.bestSingleUsd)
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length
  const worst = Math.max(...ratios)
  const dearer = (['cheapestUsd', 'stickyUsd', 'balancedUsd'] as const)
    .filter(way => totalOf(sets, 'measuredUsd') >= totalOf(sets, way))
    .map(way => `measured costs no less in total than ${way.replace('Usd', '')}`)
  return [
    ...(mean > MEAN_OVER_BEST ? [`measured costs ${mean.toFixed(3)} of the best single endpoint on average`] : []),
    ...(worst > WORST_OVER_BEST ? [`measured costs ${worst.toFixed(3)} of the best single endpoint at worst`] : []),
    ...dearer,
  ]
}

export function renderTable(sets: readonly SetFigures[]): string {
  const titles = ['set', 'best single', 'measured', 'cheapest', 'sticky', 'balanced', 'measured over best']
  const rows = sets.map(set => [
    set.name,
    ...WAYS.map(way => set[way].toFixed(2)),
    (set.measuredUsd / set.bestSingleUsd).toFixed(3),
  ])
  const total = ['in all', ...WAYS.map(way => totalOf(sets, way).toFixed(2)), '']
  const lines = [titles, ...rows, total]
  const widths = titles.map((_, column) => Math.max(...lines.map(line => line[column]!.length)))
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!)
  return lines.map(line => line.map(cell).join('  ').trimEnd()).join('\n')
}
