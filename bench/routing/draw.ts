/**
 * The cost simulation as a picture: for each set one group of bars, each way's cost over that of the best single endpoint.
 *
 * @module
 */
import type { SetFigures } from './figures.ts'

const BARS = [
  { way: 'measuredUsd', name: 'measured', colour: '#1b7f5c' },
  { way: 'cheapestUsd', name: 'cheapest per step', colour: '#c98a1b' },
  { way: 'stickyUsd', name: 'sticky for ever', colour: '#7a6fb0' },
  { way: 'balancedUsd', name: '1/price² per step', colour: '#b5483a' },
] as const

const LEFT = 170
const PER_UNIT = 130
const BAR = 11
const GROUP = BARS.length * BAR + 14
/** Longer bars are cut, and say how long they are. */
const LONGEST = 4

export function drawFigures(sets: readonly SetFigures[]): string {
  const height = 50 + sets.length * GROUP
  const legend = BARS.map(
    ({ name, colour }, index) =>
      `<rect x="${LEFT + index * 140}" y="12" width="10" height="10" fill="${colour}"/><text x="${LEFT + 14 + index * 140}" y="21">${name}</text>`,
  )
  const best = LEFT + PER_UNIT
  const groups = sets.map((set, index) => drawGroup(set, 40 + index * GROUP))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 ${height}" font-family="sans-serif" font-size="11">`,
    '<title>What each way of routing costs, over the best single endpoint</title>',
    `<rect width="760" height="${height}" fill="white"/>`,
    ...legend,
    ...groups,
    `<line x1="${best}" y1="32" x2="${best}" y2="${height - 8}" stroke="#333" stroke-dasharray="3 3"/>`,
    `<text x="${best}" y="${height - 1}" text-anchor="middle">best single endpoint = 1</text>`,
    '</svg>',
    '',
  ].join('\n')
}

function drawGroup(set: SetFigures, y: number): string {
  const bars = BARS.map(({ way, colour }, index) => {
    const ratio = set[way] / set.bestSingleUsd
    const width = Math.min(LONGEST, ratio) * PER_UNIT
    const top = y + index * BAR
    return [
      `<rect x="${LEFT}" y="${top}" width="${width.toFixed(1)}" height="${BAR - 2}" fill="${colour}"/>`,
      `<text x="${(LEFT + width + 4).toFixed(1)}" y="${top + BAR - 3}" font-size="9">${ratio.toFixed(2)}</text>`,
    ].join('')
  })
  return `<text x="${LEFT - 8}" y="${y + 26}" text-anchor="end">${set.name}</text>${bars.join('')}`
}
